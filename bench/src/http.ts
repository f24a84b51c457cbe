import autocannon from 'autocannon';
import { type Databases, type StoreName } from './databases.ts';
import { startPayments, startServer } from './servers.ts';
import type { Row } from './table.ts';

const CONNECTIONS = 50;
const WARM_UP_SECONDS = 2;

/** What is measured over HTTP. */
export interface HttpCase {
  readonly store: StoreName;
  readonly servers: number;
  /** How long the payment service takes for a charge. */
  readonly paymentMs: number;
}

/** POST /reservations against real servers, with the sandbox payment service in a process of its own. */
export async function measureHttp(databases: Databases, ms: number, example: HttpCase): Promise<Row> {
  const { store, servers: count, paymentMs } = example;
  const db = await databases.create(store);
  const payments = await startPayments(paymentMs);
  const servers = [await startServer(db, payments.port)];
  while (servers.length < count) servers.push(await startServer(db, payments.port));
  try {
    const urls = servers.map(({ url }) => url);
    await load(urls, WARM_UP_SECONDS);
    const results = await load(urls, ms / 1_000);
    return {
      what: `${store}, servers: ${count}, payment takes ${paymentMs} ms`,
      perSecond: results.reduce((sum, { requests, duration }) => sum + requests.total / duration, 0),
      p50Ms: Math.max(...results.map(({ latency }) => latency.p50)),
      p99Ms: Math.max(...results.map(({ latency }) => latency.p99)),
    };
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
    await payments.stop();
  }
}

async function load(urls: readonly string[], seconds: number): Promise<readonly autocannon.Result[]> {
  const results = await Promise.all(
    urls.map((url) =>
      autocannon({
        url: `${url}/reservations`,
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ user_id: 'user_1', amount: 10.5, currency: 'EUR' }),
        connections: Math.round(CONNECTIONS / urls.length),
        duration: seconds,
      }),
    ),
  );
  for (const { non2xx, errors } of results) {
    if (non2xx + errors > 0) throw new Error(`${non2xx} answers were no 2xx, ${errors} requests failed`);
  }
  return results;
}
