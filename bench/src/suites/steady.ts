import { measure } from '../run/measure.ts';
import { need, type Suite } from './suite.ts';

const MANY = 50;
const BACKLOG = 20_000;
const BACKLOG_QUICK = 2_000;
const WARM_UP_MS = 200;

/**
 * Whole lives of reservations, after which the payment queue is empty again: many at a time, one at a time, many again,
 * with statistics that were gathered while the queue was empty; then beside a backlog of open payments. The rates of
 * one database should stay the same.
 */
export const steady: Suite = {
  title: 'Steadiness',
  operation: 'reservation from opening to verdict in the store, two appends',
  contenders: ['ours-postgres'],
  cases: {
    first: `${MANY} at a time`,
    one: '1 at a time',
    again: `${MANY} at a time again`,
    backlog: `${MANY} at a time, beside open payments`,
    take: 'leasing 10 of those payments, calls',
  },
  byDefault: false,
  async measure(contender, task, report) {
    const store = await need(contender.live, task)(task.place);
    const speed = (concurrency: number, once = store.live): ReturnType<typeof measure> =>
      measure({ once }, { concurrency, warmUpMs: WARM_UP_MS, ms: task.ms });
    try {
      report('first', await speed(MANY));
      await store.analyze();
      report('one', await speed(1));
      await store.analyze();
      report('again', await speed(MANY));
      await store.analyze();
      await store.leaveOpen(task.quick ? BACKLOG_QUICK : BACKLOG);
      report('backlog', await speed(MANY));
      report('take', await speed(1, store.take));
    } finally {
      await store.close();
    }
  },
};
