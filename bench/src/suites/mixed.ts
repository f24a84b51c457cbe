import type { Figures } from '../report/results.ts';
import { sendLoad } from '../run/load.ts';
import { startPayments } from '../run/servers.ts';
import { need, type Suite } from './suite.ts';

const CONNECTIONS_EACH = 25;
const READ = 500;
const WARM_UP_MS = 500;
const TIMES = 2;

/** Clients that make reservations beside clients that look at them. */
export const mixed: Suite = {
  title: 'Mixed load',
  operation: `requests of ${CONNECTIONS_EACH} connections that POST beside ${CONNECTIONS_EACH} that GET`,
  contenders: ['ours-sqlite', 'ours-postgres'],
  cases: { post: 'POST /reservations', get: 'GET /reservations/{id}' },
  byDefault: true,
  async measure(contender, task, report) {
    const payments = await startPayments(0);
    const server = await need(contender.serve, task)({ ...task.place, paymentPort: payments.port });
    const load = { connections: CONNECTIONS_EACH, ms: TIMES * task.ms };
    try {
      const paths: string[] = [];
      // As many at a time as the server takes without refusing any.
      while (paths.length < READ) {
        paths.push(...(await Promise.all(Array.from({ length: CONNECTIONS_EACH }, () => makeOne(server.url)))));
      }
      await sendLoad([server], { ...load, ms: WARM_UP_MS });
      const [post, get] = await Promise.all([sendLoad([server], load), sendLoad([server], { ...load, paths })]);
      report('post', speedOf(post));
      report('get', speedOf(get));
    } finally {
      await server.stop();
      await payments.stop();
    }
  },
};

/** What belongs to one of two loads on one server. */
function speedOf({ perSecond = 0, p50Ms = 0, p99Ms = 0 }: Figures): Figures {
  return { perSecond, p50Ms, p99Ms };
}

/** Makes a reservation; resolves with its path. @throws {Error} when the server makes none. */
async function makeOne(url: string): Promise<string> {
  const response = await fetch(`${url}/reservations`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ user_id: 'user_1', amount: 10.5 }),
  });
  if (!response.ok) throw new Error(`a reservation was answered with ${response.status}`);
  const { reservation_id: id } = (await response.json()) as { readonly reservation_id: string };
  return `/reservations/${id}`;
}
