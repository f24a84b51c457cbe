import { sendLoad } from '../run/load.ts';
import { startPayments } from '../run/servers.ts';
import { need, type Suite } from './suite.ts';

const PAYMENT_MS = [0, 50];
const CONNECTIONS = [50, 500];
/** Node has compiled what a server does after some ten thousand requests; one that runs for days is measured. */
const WARM_UP_MS = 4_000;
const WARM_UP_QUICK_MS = 500;

/** A measurement over HTTP takes twice as long as one in a process: connections are opened first. */
const TIMES = 2;

/** `POST /reservations`; the payment service, the load and the server share the machine. */
export const http: Suite = {
  title: 'HTTP',
  operation: 'POST /reservations, answered after the payment',
  contenders: ['ours-sqlite', 'ours-postgres', 'bare-koa', 'fastapi-old', 'fastapi-well'],
  cases: Object.fromEntries(
    PAYMENT_MS.flatMap((paymentMs) =>
      CONNECTIONS.map((count) => [`${paymentMs}/${count}`, `payment takes ${paymentMs} ms, ${count} connections`]),
    ),
  ),
  quickCases: ['0/50', '50/50'],
  byDefault: true,
  async measure(contender, task, report) {
    for (const paymentMs of PAYMENT_MS) {
      const counts = CONNECTIONS.filter((count) => task.cases.includes(`${paymentMs}/${count}`));
      if (counts.length === 0) continue;
      const payments = await startPayments(paymentMs);
      const server = await need(contender.serve, task)({ ...task.place, paymentPort: payments.port });
      const max = server.connectionsMax ?? Number.POSITIVE_INFINITY;
      const ms = TIMES * task.ms;
      const warmUpMs = task.quick ? WARM_UP_QUICK_MS : WARM_UP_MS;
      try {
        await sendLoad([server], { connections: Math.min(CONNECTIONS[0] ?? 1, max), ms: warmUpMs });
        for (const connections of counts.filter((count) => count <= max)) {
          report(`${paymentMs}/${connections}`, await sendLoad([server], { connections, ms, mayRefuse: true }));
        }
      } finally {
        await server.stop();
        await payments.stop();
      }
    }
  },
};
