import { Agent, get } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { Serving } from '../contenders/contender.ts';
import type { Figures } from '../report/results.ts';
import { sendLoad } from '../run/load.ts';
import { recorder } from '../run/measure.ts';
import { openReaders, type Readers } from '../run/readers.ts';
import { startPayments } from '../run/servers.ts';
import { need, type Suite } from './suite.ts';

const READERS = 1_000;
const STANDING = 200;

/** Each is two events. */
const RESERVATIONS_PER_SECOND = 25;
const CONNECTIONS = 5;

const WARM_UP_MS = 2_000;
const TIMES = 8;
const PROBE_INTERVAL_MS = 50;

/** Time for the last events to be read. */
const SETTLE_MS = 500;

/** Readers of the stream of all events, while reservations are made at a rate that the server carries easily. */
export const readers: Suite = {
  title: 'Readers of events',
  operation: 'event at a reader, from when it was made, its commit included',
  contenders: ['ours-sqlite', 'ours-postgres'],
  cases: {
    none: `no reader, ${RESERVATIONS_PER_SECOND} reservations per second: GET /health/live`,
    read: `${READERS} readers, ${2 * RESERVATIONS_PER_SECOND} events per second: an event at a reader`,
    live: 'GET /health/live meanwhile',
    standing: `the same beside ${STANDING} readers that take nothing: an event at a reader`,
  },
  roundsMax: 2,
  byDefault: true,
  async measure(contender, task, report) {
    const payments = await startPayments(0);
    const server = await need(contender.serve, task)({ ...task.place, paymentPort: payments.port });
    const ms = TIMES * task.ms;
    const opened: Readers[] = [];
    try {
      await sendLoad([server], { connections: CONNECTIONS, ms: WARM_UP_MS, perSecond: RESERVATIONS_PER_SECOND });
      report('none', (await deliver(server, null, ms)).live);
      const all = await openReaders(server.url, READERS);
      opened.push(all);
      const { read, live } = await deliver(server, all, ms);
      report('read', read);
      report('live', live);
      opened.push(await openReaders(server.url, STANDING, true));
      report('standing', (await deliver(server, all, ms)).read);
    } finally {
      for (const each of opened) each.close();
      await server.stop();
      await payments.stop();
    }
  },
};

/** Makes reservations; returns what readers and probes have seen of it. */
async function deliver(
  server: Serving,
  reading: Readers | null,
  ms: number,
): Promise<{ readonly read: Figures; readonly live: Figures }> {
  const heard = recorder();
  const probes = recorder();
  reading?.watch(heard.add);
  const ending = new AbortController();
  const probing = probe(server.url, ending.signal, probes.add);
  const began = performance.now();
  const { rssMib = 0, loopDelayMs = 0 } = await sendLoad([server], {
    connections: CONNECTIONS,
    ms,
    perSecond: RESERVATIONS_PER_SECOND,
  });
  const elapsedMs = performance.now() - began;
  ending.abort();
  await probing;
  await pause(SETTLE_MS);
  const { p50Ms = 0, p99Ms = 0 } = heard.figures(elapsedMs);
  const perSecond = (reading?.readCount() ?? 0) / (elapsedMs / 1_000);
  const live = probes.figures(elapsedMs);
  return {
    read: { perSecond, p50Ms, p99Ms, rssMib, loopDelayMs },
    live: { p50Ms: live.p50Ms ?? 0, p99Ms: live.p99Ms ?? 0, loopDelayMs, rssMib },
  };
}

/** Asks for `GET /health/live` on one connection, again and again. */
async function probe(url: string, signal: AbortSignal, record: (tookMs: number) => void): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  while (!signal.aborted) {
    const began = performance.now();
    await new Promise<void>((resolve, reject) => {
      get(`${url}/health/live`, { agent }, (answer) => answer.resume().once('end', resolve)).once('error', reject);
    });
    record(performance.now() - began);
    await pause(PROBE_INTERVAL_MS);
  }
  agent.destroy();
}
