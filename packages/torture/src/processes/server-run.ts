import type { Counters } from '../evidence/counters.ts';
import { type Child, type Exit, startChild } from './child.ts';
import type { FailpointDealer } from './failpoints.ts';

/** An exit of a server by itself that is no incident. */
export interface AllowedExit {
  /** Matches the server's output. */
  readonly output: RegExp;
  /** Servers that started before this time may exit so, by performance.now(). */
  until(): number;
}

/** One run of a server: from a start to its end. */
export interface ServerRun {
  readonly child: Child;
  readonly failpoint: ReturnType<FailpointDealer['deal']>;
  /** By performance.now(). */
  readonly startedAt: number;
  /** The end that was asked for. */
  expected: 'nothing' | 'kill' | 'stop';
  /** True while it listens. */
  up: boolean;
}

/** What a run is started with, and where its end is recorded. */
export interface ServerRunOptions {
  readonly name: string;
  readonly args: readonly string[];
  readonly logPath: string;
  readonly failpoints: FailpointDealer;
  readonly allowedExits: readonly AllowedExit[];
  readonly counters: Counters;
}

/** Starts a server with the next failpoint. */
export function startServerRun({ args, logPath, failpoints }: ServerRunOptions): ServerRun {
  const failpoint = failpoints.deal();
  const env: Record<string, string> = failpoint === null ? {} : { RESERVATIONS_FAILPOINT: failpoint.setting };
  const child = startChild({ args, env, logPath });
  const run: ServerRun = { child, failpoint, expected: 'nothing', up: false, startedAt: performance.now() };
  void child.listening.then((listens) => (run.up = listens));
  return run;
}

/** Counts the end of a server. An end that was not asked for, not at a failpoint and not allowed is an incident. */
export function recordExit(run: ServerRun, { code, signal }: Exit, options: ServerRunOptions): void {
  const { child, expected, failpoint, startedAt } = run;
  const { name, failpoints, allowedExits, counters } = options;
  if (expected === 'kill' && signal === 'SIGKILL') return;
  if (failpoint !== null && signal === 'SIGKILL') {
    failpoints.hit(failpoint.name);
    counters.failpointKills += 1;
    return;
  }
  if (expected === 'stop' && code === 0) return;
  if (allowedExits.some(({ output, until }) => startedAt < until() && output.test(child.tail()))) return;
  const how = code === null ? `by ${signal}` : `with exit code ${code}`;
  counters.incidents.push(`${name} ended ${how} (expected: ${expected}); its last output:\n${child.tail()}`);
}
