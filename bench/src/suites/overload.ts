import { sendLoad } from '../run/load.ts';
import { startPayments } from '../run/servers.ts';
import { need, type Suite } from './suite.ts';

const BEST_CONNECTIONS = 100;
const CONNECTIONS = 1_000;
const FACTORS = [1, 2, 4];
const WARM_UP_MS = 4_000;
const WARM_UP_QUICK_MS = 500;
const TIMES = 4;

/** More requests than the server can carry. */
export const overload: Suite = {
  title: 'Overload',
  operation: 'POST /reservations answered with a reservation',
  contenders: ['ours-sqlite', 'ours-postgres'],
  cases: {
    best: `as many as it answers, ${BEST_CONNECTIONS} connections`,
    ...Object.fromEntries(
      FACTORS.map((factor) => [`x${factor}`, `${factor} × that rate offered, ${CONNECTIONS} connections`]),
    ),
  },
  quickCases: ['best', 'x4'],
  roundsMax: 3,
  byDefault: true,
  async measure(contender, task, report) {
    const payments = await startPayments(0);
    const server = await need(contender.serve, task)({ ...task.place, paymentPort: payments.port });
    const ms = TIMES * task.ms;
    const warmUpMs = task.quick ? WARM_UP_QUICK_MS : WARM_UP_MS;
    try {
      await sendLoad([server], { connections: BEST_CONNECTIONS, ms: warmUpMs });
      const best = await sendLoad([server], { connections: BEST_CONNECTIONS, ms });
      report('best', best);
      for (const factor of FACTORS.filter((factor) => task.cases.includes(`x${factor}`))) {
        const perSecond = factor * (best.perSecond ?? 0);
        report(`x${factor}`, await sendLoad([server], { connections: CONNECTIONS, ms, perSecond, mayRefuse: true }));
      }
    } finally {
      await server.stop();
      await payments.stop();
    }
  },
};
