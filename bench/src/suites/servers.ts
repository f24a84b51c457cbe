import type { Serving } from '../contenders/contender.ts';
import { sendLoad } from '../run/load.ts';
import { startPayments } from '../run/servers.ts';
import { need, type Suite } from './suite.ts';

const PAYMENT_MS = [0, 50];
const COUNTS = [1, 2, 3];
const CONNECTIONS = 50;
const WARM_UP_MS = 1_000;
const TIMES = 2;

/** Several servers on one database. */
export const servers: Suite = {
  title: 'Several servers on one database',
  operation: `POST /reservations, ${CONNECTIONS} connections in all`,
  contenders: ['ours-postgres'],
  cases: Object.fromEntries(
    PAYMENT_MS.flatMap((paymentMs) =>
      COUNTS.map((count) => [
        `${paymentMs}/${count}`,
        `${count} ${count === 1 ? 'server' : 'servers'}, payment takes ${paymentMs} ms`,
      ]),
    ),
  ),
  quickCases: ['0/1', '0/2'],
  roundsMax: 3,
  byDefault: true,
  async measure(contender, task, report) {
    for (const paymentMs of PAYMENT_MS) {
      const payments = await startPayments(paymentMs);
      const place = { ...task.place, paymentPort: payments.port };
      const running: Serving[] = [];
      try {
        for (const count of COUNTS.filter((count) => task.cases.includes(`${paymentMs}/${count}`))) {
          while (running.length < count) running.push(await need(contender.serve, task)(place));
          await sendLoad(running, { connections: CONNECTIONS, ms: Math.min(WARM_UP_MS, task.ms) });
          report(`${paymentMs}/${count}`, await sendLoad(running, { connections: CONNECTIONS, ms: TIMES * task.ms }));
        }
      } finally {
        for (const server of running) await server.stop();
        await payments.stop();
      }
    }
  },
};
