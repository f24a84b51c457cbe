import type { Rows } from '../contenders/contender.ts';
import { measure } from '../run/measure.ts';
import { need, type Suite } from './suite.ts';

const WARM_UP_CONCURRENCY = 50;
const FIRST_WARM_UP_MS = 500;
const WARM_UP_MS = 100;

/** Concurrencies that are measured. */
export const CONCURRENCIES: readonly number[] = [1, 10, 50, 200];

const ROWS: readonly Rows[] = ['events', 'all'];

const NAMES: Readonly<Record<Rows, string>> = { events: 'the event alone', all: 'event, view, queue and key' };

/** Durable appends of one event to a new stream. */
export const append: Suite = {
  title: 'Append',
  operation: 'append of one event to a new stream, durable',
  contenders: [
    'ours-sqlite',
    'raw-sqlite',
    'raw-sqlite-single',
    'emmett-sqlite',
    'ours-postgres',
    'raw-postgres',
    'raw-postgres-single',
    'emmett-postgres',
    'castore-postgres',
  ],
  cases: Object.fromEntries(
    ROWS.flatMap((rows) => CONCURRENCIES.map((count) => [`${rows}/${count}`, `${NAMES[rows]}, ${count} at a time`])),
  ),
  quickCases: ['events/1', 'events/50', 'all/1', 'all/50'],
  byDefault: true,
  async measure(contender, task, report) {
    const open = need(contender.append, task);
    for (const rows of ROWS) {
      const counts = CONCURRENCIES.filter((count) => task.cases.includes(`${rows}/${count}`));
      if (counts.length === 0 || (rows === 'all' && contender.writesEventsOnly === true)) continue;
      const operation = await open(task.place, rows);
      const max = operation.concurrencyMax ?? Number.POSITIVE_INFINITY;
      try {
        const concurrency = Math.min(WARM_UP_CONCURRENCY, max);
        await measure(operation, { concurrency, warmUpMs: 0, ms: FIRST_WARM_UP_MS });
        for (const count of counts.filter((count) => count <= max)) {
          const measuring = { concurrency: count, warmUpMs: WARM_UP_MS, ms: task.ms };
          report(`${rows}/${count}`, await measure(operation, measuring));
        }
      } finally {
        await operation.close();
      }
    }
  },
};
