import { measure } from '../run/measure.ts';
import { startPayments } from '../run/servers.ts';
import { need, type Suite } from './suite.ts';

const CONCURRENCIES = [1, 50];
/** As long as Node takes to compile what a reservation needs. */
const FIRST_WARM_UP_MS = 3_000;
const FIRST_WARM_UP_QUICK_MS = 500;
const WARM_UP_MS = 300;
const WARM_UP_CONCURRENCY = 50;

/** The engine without HTTP. The payment service is a process of its own and answers at once. */
export const reservation: Suite = {
  title: 'One reservation',
  operation: 'reservation: created, charged over gRPC, confirmed, each durable',
  contenders: [
    'ours-sqlite',
    'ours-postgres',
    'raw-sqlite-single',
    'raw-postgres-single',
    'bare-grpc',
    'dbos-one-step',
    'dbos-three-steps',
    'restate',
  ],
  cases: Object.fromEntries(CONCURRENCIES.map((count) => [`${count}`, `${count} at a time`])),
  byDefault: true,
  async measure(contender, task, report) {
    const payments = await startPayments(0);
    const operation = await need(contender.reserve, task)({ ...task.place, paymentPort: payments.port });
    const ms = task.quick ? FIRST_WARM_UP_QUICK_MS : FIRST_WARM_UP_MS;
    try {
      await measure(operation, { concurrency: WARM_UP_CONCURRENCY, warmUpMs: 0, ms });
      for (const concurrency of CONCURRENCIES.filter((count) => task.cases.includes(`${count}`))) {
        report(`${concurrency}`, await measure(operation, { concurrency, warmUpMs: WARM_UP_MS, ms: task.ms }));
      }
    } finally {
      await operation.close();
      await payments.stop();
    }
  },
};
