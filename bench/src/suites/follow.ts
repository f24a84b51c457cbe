import { setTimeout as pause } from 'node:timers/promises';
import type { Contender, Following, Reader } from '../contenders/contender.ts';
import { recorder } from '../run/measure.ts';
import type { Figures } from '../report/results.ts';
import { need, type Suite, type Task } from './suite.ts';

const APPENDS_PER_SECOND = 500;

/** Time for a reader to catch up, and before lone appends to poll as rarely as it ever does. */
const SETTLE_MS = 500;
const SETTLE_LONE_MS = 2_500;

/** What is appended before it is measured: a reader that polls rarely begins to poll often. */
const WARM_UP_MS = 500;

const LONE_MIN_MS = 600;
const LONE_MAX_MS = 1_200;
const LONE_TIMES = 4;

/** Bound for events that have not arrived when the last one was appended. */
const ARRIVAL_MS = 10_000;
const POLL_MS = 5;

const READERS: Readonly<Record<Reader, string>> = {
  'same-store': 'in the process of the writer',
  'other-store': 'through another store',
  notified: 'through another store, with NOTIFY',
};

/** Appends of a measurement; those that do not count come first. */
type Appending = (append: (counts: boolean) => Promise<void>, task: Task) => Promise<void>;

function suite(title: string, operation: string, settleMs: number, appending: Appending): Suite {
  return {
    title,
    operation,
    contenders: ['ours-sqlite', 'ours-postgres', 'emmett-postgres'],
    cases: READERS,
    byDefault: true,
    async measure(contender, task, report) {
      const readers = contender.readers ?? (Object.keys(READERS) as readonly Reader[]);
      for (const reader of readers.filter((reader) => task.cases.includes(reader))) {
        report(reader, await deliver(contender, task, reader, settleMs, appending));
      }
    },
  };
}

/** While events come all the time. */
export const follow: Suite = suite(
  'Follow',
  `from the acknowledgement of an append to its event at a reader, at ${APPENDS_PER_SECOND} appends per second`,
  SETTLE_MS,
  async (append, { ms }) => {
    const began = performance.now();
    const appends: Promise<void>[] = [];
    for (let n = 0; n < ((WARM_UP_MS + ms) / 1_000) * APPENDS_PER_SECOND; n += 1) {
      const dueMs = (n * 1_000) / APPENDS_PER_SECOND;
      const waitMs = began + dueMs - performance.now();
      if (waitMs > 0) await pause(waitMs);
      appends.push(append(dueMs >= WARM_UP_MS));
    }
    await Promise.all(appends);
  },
);

/** When events are rare, so that each finds a reader that waits. */
export const lone: Suite = {
  ...suite(
    'Follow a quiet log',
    'from the acknowledgement of a lone append to its event at a reader',
    SETTLE_LONE_MS,
    async (append, { quick }) => {
      for (let n = 0; n < (quick ? 1 : LONE_TIMES); n += 1) {
        await append(true);
        await pause(LONE_MIN_MS + Math.random() * (LONE_MAX_MS - LONE_MIN_MS));
      }
    },
  ),
  contenders: ['ours-sqlite', 'ours-postgres'],
  roundsMax: 2,
};

async function deliver(
  contender: Contender,
  task: Task,
  reader: Reader,
  settleMs: number,
  appending: Appending,
): Promise<Figures> {
  const arrived = new Map<string, number>();
  const committed = new Map<string, number>();
  const following: Following = await need(contender.follow, task)(task.place, reader, (key) => {
    if (!arrived.has(key)) arrived.set(key, performance.now());
  });
  try {
    await pause(settleMs);
    await appending(async (counts) => {
      const key = await following.append();
      if (counts) committed.set(key, performance.now());
    }, task);
    const until = performance.now() + ARRIVAL_MS;
    while (performance.now() < until && [...committed.keys()].some((key) => !arrived.has(key))) await pause(POLL_MS);
    const recorded = recorder();
    for (const [key, at] of committed) {
      const then = arrived.get(key);
      if (then === undefined) throw new Error(`event ${key} did not arrive within ${ARRIVAL_MS} ms`);
      recorded.add(Math.max(0, then - at));
    }
    const { p50Ms = 0, p99Ms = 0 } = recorded.figures(1);
    return { p50Ms, p99Ms };
  } finally {
    await following.close();
  }
}
