/**
 * A process of its own for the tests of this folder: `test-child.ts <task> <url> <number>`. It says that it is
 * ready, waits for a line, works, and says what came of it in one line of JSON.
 */
import { once } from 'node:events';
import { writeSync } from 'node:fs';
import { ReservationError } from '../../errors.ts';
import { createSubscription } from '../../feed.ts';
import type { ExpectedVersion } from '../../ports/event-store.ts';
import type { ReservationStore } from '../../ports/reservation-store.ts';
import { exampleAppend, exampleEvent, exampleId, exampleSummary } from '../../testing/builders.ts';
import { openPostgresStore } from './open/open.ts';

const STDOUT = 1;
const WRITERS = 13;
const CONFLICTS_MAX = 10_000;
const SUBSCRIPTION_LEASE_MS = 2_000;
const [task, connectionString = '', number = '0'] = process.argv.slice(2);
const first = Number(number);

function say(what: unknown): void {
  writeSync(STDOUT, `${JSON.stringify(what)}\n`);
}

async function untilTold(): Promise<void> {
  say('ready');
  await once(process.stdin, 'data');
  process.stdin.destroy();
}

/** Appends one event at the version that it finds; returns the version that it got. */
async function appendEventually(store: ReservationStore, n: number): Promise<number> {
  let expected: ExpectedVersion = 'none';
  for (let attempt = 1; attempt <= CONFLICTS_MAX; attempt += 1) {
    const request = exampleAppend(exampleId(1), { expected, events: [exampleEvent(n)] });
    const result = await store.events.append(request);
    if (result.kind === 'appended') return result.version;
    if (result.kind !== 'conflict') throw new Error(result.kind);
    expected = result.actual;
  }
  throw new Error(`an append met ${CONFLICTS_MAX} conflicts`);
}

/** Several writers on one stream, beside those of the other processes; says the versions that they got. */
async function writeToOneStream(): Promise<void> {
  const store = await openPostgresStore({ connectionString });
  await untilTold();
  const numbers = Array.from({ length: WRITERS }, (_, index) => first + index);
  say(await Promise.all(numbers.map((n) => appendEventually(store, n))));
  await store.close();
}

/** Opens an empty database at the same moment as the other processes. */
async function openAtOnce(): Promise<void> {
  await untilTold();
  const store = await openPostgresStore({ connectionString });
  await store.checkWritable();
  await store.close();
  say('done');
}

/** Appends to streams of its own until killed, and says the number of each append that was acknowledged. */
async function appendForEver(): Promise<void> {
  const store = await openPostgresStore({ connectionString });
  let n = first;
  async function write(): Promise<never> {
    for (;;) {
      n += 1;
      const number = n;
      const events = [exampleEvent(number), exampleEvent(number + 500_000)];
      await store.events.append(exampleAppend(exampleId(number), { events }));
      say(number);
    }
  }
  await untilTold();
  await Promise.all(Array.from({ length: WRITERS }, write));
}

/** Reads under a name until killed; says the position of each event that it handled, and when it lost the name. */
async function subscribe(): Promise<void> {
  const store = await openPostgresStore({ connectionString });
  await untilTold();
  createSubscription({
    store,
    name: 'work',
    leaseMs: SUBSCRIPTION_LEASE_MS,
    handle: ({ position }) => say(position),
    observer: ({ kind }) => say(kind),
  }).start();
}

/** Repairs a row when told to; says what became of it. */
async function repairWhenTold(): Promise<void> {
  const store = await openPostgresStore({ connectionString });
  await untilTold();
  const row = exampleSummary(exampleId(1), { message: 'repaired' });
  say(
    await store.repair.put([row]).then(
      (written) => String(written),
      (error: unknown) => (error instanceof ReservationError ? error.code : String(error)),
    ),
  );
  await store.close();
}

/** Closes a store whose server is hung, and has nothing more to do then. */
async function closeWhenTold(): Promise<void> {
  const store = await openPostgresStore({ connectionString, notify: true });
  const heard = Promise.withResolvers<void>();
  store.events.onCommit(() => heard.resolve());
  await Promise.all([1, 2, 3].map((n) => store.view.find(exampleId(n))));
  await heard.promise;
  await untilTold();
  await store.close();
  say('closed');
}

const tasks: Readonly<Record<string, () => Promise<void>>> = {
  writeToOneStream,
  openAtOnce,
  appendForEver,
  subscribe,
  repairWhenTold,
  closeWhenTold,
};

await tasks[task ?? '']?.();
