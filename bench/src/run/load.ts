import { setTimeout as pause } from 'node:timers/promises';
import autocannon from 'autocannon';
import type { Serving } from '../contenders/contender.ts';
import type { Figures } from '../report/results.ts';
import { keepProfile } from './profile.ts';
import { usageMeter } from './usage.ts';

/** Requests to send. */
export interface Load {
  readonly connections: number;
  readonly ms: number;
  /** Requests per second that are offered at most. Default: as many as are answered. */
  readonly perSecond?: number;
  /** A GET of one of these paths instead of a POST. */
  readonly paths?: readonly string[];
  /** Refusals (503) count and are no failure. */
  readonly mayRefuse?: boolean;
}

const POST = {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ user_id: 'user_1', amount: 10.5, currency: 'EUR' }),
} as const;

const REFUSED = '503';

/** Requests that were under way at the end are answered meanwhile, and do not disturb what is measured next. */
const SETTLE_MS = 200;

/**
 * Sends requests over kept connections and measures the answers of the servers. The rate is that of good answers.
 * @throws {Error} for any other answer than a 2xx, except for refusals that may be.
 */
export async function sendLoad(servers: readonly Serving[], load: Load): Promise<Figures> {
  for (const server of servers) await server.report();
  const usage = await usageMeter(servers.flatMap(({ pids }) => pids));
  const share = servers.length;
  const results = await Promise.all(servers.map(({ url }) => send(url, load, share)));
  const good = results.reduce((sum, result) => sum + result['2xx'], 0);
  const refused = results.reduce((sum, result) => sum + refusals(result), 0);
  for (const result of results) {
    const others = result.non2xx - (load.mayRefuse === true ? refusals(result) : 0);
    if (others + result.errors > 0) {
      throw new Error(
        `${others} answers were not good (${JSON.stringify(result.statusCodeStats)}), ${result.errors} requests failed`,
      );
    }
  }
  const used = await usage.figures(good);
  const reports = await Promise.all(servers.map((server) => server.report()));
  keepProfile(reports[0]?.profile);
  await pause(SETTLE_MS);
  const known = reports.flatMap(({ loopDelayMs }) => loopDelayMs ?? []);
  const seconds = Math.max(...results.map(({ duration }) => duration));
  return {
    perSecond: good / seconds,
    ...(good === 0 ? {} : latencies(results)),
    ...used,
    ...(known.length === 0 ? {} : { loopDelayMs: Math.max(...known) }),
    ...(refused > 0 ? { refusedPerSecond: refused / seconds } : {}),
  };
}

function latencies(results: readonly autocannon.Result[]): Figures {
  return {
    p50Ms: Math.max(...results.map(({ latency }) => latency.p50)),
    p99Ms: Math.max(...results.map(({ latency }) => latency.p99)),
  };
}

async function send(url: string, load: Load, share: number): Promise<autocannon.Result> {
  const { connections, ms, perSecond, paths } = load;
  return await autocannon({
    url: `${url}/reservations`,
    connections: Math.max(1, Math.round(connections / share)),
    duration: ms / 1_000,
    ...(perSecond === undefined ? {} : { overallRate: Math.max(1, Math.round(perSecond / share)) }),
    ...(paths === undefined ? POST : { requests: paths.map((path) => ({ path, method: 'GET' as const })) }),
  });
}

function refusals({ statusCodeStats }: autocannon.Result): number {
  const stats = (statusCodeStats ?? {}) as Readonly<Record<string, { readonly count?: number } | undefined>>;
  return stats[REFUSED]?.count ?? 0;
}
