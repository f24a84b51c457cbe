import type { Figures } from '../report/results.ts';
import { measure } from '../run/measure.ts';
import { analyze } from '../run/postgres.ts';
import { need, type Suite } from './suite.ts';

const STREAMS = 3_000;
const STREAMS_QUICK = 1_000;
const CONCURRENCY = 50;
const WARM_UP_MS = 300;

/** Loading streams, looking up the view, reading the log. */
export const read: Suite = {
  title: 'Read',
  operation: 'read of a stream, of a row of the view, of an event of the log',
  contenders: [
    'ours-sqlite',
    'raw-sqlite',
    'emmett-sqlite',
    'ours-postgres',
    'raw-postgres',
    'emmett-postgres',
    'castore-postgres',
  ],
  cases: {
    load: `load a stream of two events, ${CONCURRENCY} at a time`,
    find: `a reservation of the view, ${CONCURRENCY} at a time`,
    log: 'the whole log, events in pages of 1,000',
  },
  byDefault: true,
  async measure(contender, task, report) {
    const reading = await need(contender.read, task)(task.place, task.quick ? STREAMS_QUICK : STREAMS);
    await analyze(task.place.db);
    const measuring = { concurrency: CONCURRENCY, warmUpMs: WARM_UP_MS, ms: task.ms };
    try {
      if (task.cases.includes('load')) report('load', await measure({ once: reading.load }, measuring));
      if (task.cases.includes('find') && reading.find !== null) {
        report('find', await measure({ once: reading.find }, measuring));
      }
      if (task.cases.includes('log') && reading.page !== null) report('log', await readPages(reading.page, task.ms));
    } finally {
      await reading.close();
    }
  },
};

/** Latencies are those of a page, the rate and the CPU time those of events. */
async function readPages(page: () => Promise<number>, ms: number): Promise<Figures> {
  let events = 0;
  let pages = 0;
  const figures = await measure(
    {
      async once() {
        events += await page();
        pages += 1;
      },
    },
    { concurrency: 1, warmUpMs: 0, ms },
  );
  const each = events / pages;
  return {
    ...figures,
    perSecond: (figures.perSecond ?? 0) * each,
    ...(figures.cpuMicros === undefined ? {} : { cpuMicros: figures.cpuMicros / each }),
  };
}
