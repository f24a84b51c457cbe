import { measure } from '../run/measure.ts';
import { analyze } from '../run/postgres.ts';
import { need, type Suite } from './suite.ts';

const SIZES: Readonly<Record<string, number>> = { '10k': 1e4, '100k': 1e5, '1M': 1e6, '10M': 1e7 };
const WARM_UP_MS = 200;
const LOOKS: Readonly<Record<string, string>> = {
  append: 'append one event, 1 at a time',
  'append-50': 'append one event, 50 at a time',
  load: 'load a stream, 50 at a time',
  list: 'list the newest reservations of a user',
  feed: 'read a page of the log at its end',
  take: "lease due work, settlement's look-up",
  verify: 'verify the whole store, events per second',
  open: 'open the store, in ms',
};

/** Time that filling one store may take. */
const BUDGET_SECONDS = 150;
const DEFAULT_SIZES: ReadonlySet<string> = new Set(['10k', '100k', '1M']);

/** What grows with the log, and what does not. */
export const growth: Suite = {
  title: 'Growth',
  operation: 'the same operations on a store of more and more events',
  contenders: ['ours-sqlite', 'ours-postgres'],
  cases: Object.fromEntries(
    Object.keys(SIZES).flatMap((size) =>
      Object.entries(LOOKS).map(([name, label]) => [`${size}/${name}`, `${size} events: ${label}`]),
    ),
  ),
  quickCases: Object.keys(LOOKS).map((name) => `10k/${name}`),
  roundsMax: 1,
  byDefault: true,
  async measure(contender, task, report) {
    const { growthSeconds = BUDGET_SECONDS } = task;
    const sizes = Object.entries(SIZES).filter(
      ([name]) =>
        task.cases.includes(`${name}/append`) && (task.growthSeconds !== undefined || DEFAULT_SIZES.has(name)),
    );
    const open = need(contender.grow, task);
    let store = await open(task.place);
    const until = performance.now() + growthSeconds * 1_000;
    const { ms } = task;
    try {
      for (const [name, events] of sizes) {
        const filled = await store.fill(events, until);
        if (filled < events) return;
        await analyze(task.place.db);
        const bytesEach = (await store.bytes()) / (filled / 2);
        const { append, looks } = store;
        report(`${name}/append`, {
          ...(await measure({ once: append }, { concurrency: 1, warmUpMs: WARM_UP_MS, ms })),
          bytesEach,
        });
        report(`${name}/append-50`, await measure({ once: append }, { concurrency: 50, warmUpMs: WARM_UP_MS, ms }));
        for (const [look, once] of Object.entries(looks)) {
          const concurrency = look === 'load' ? 50 : 1;
          report(`${name}/${look}`, await measure({ once }, { concurrency, warmUpMs: WARM_UP_MS, ms }));
        }
        if (name === sizes[0]?.[0]) {
          const began = performance.now();
          const checked = await store.verify();
          report(`${name}/verify`, { perSecond: checked / ((performance.now() - began) / 1_000) });
        }
        await store.close();
        const began = performance.now();
        store = await open(task.place);
        report(`${name}/open`, { p50Ms: performance.now() - began });
      }
    } finally {
      await store.close();
    }
  },
};
