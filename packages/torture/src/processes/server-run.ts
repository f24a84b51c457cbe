import type { Counters } from '../evidence/counters.ts';
import { type Child, type Exit, startChild } from './child.ts';
import type { FailpointDealer } from './failpoints.ts';

/** Why a server may end by itself. */
export interface AllowedExit {
  /** What it says then. */
  readonly words: RegExp;
  /** Up to when a server that begins may meet it, as performance.now() tells it. */
  until(): number;
}

/** One life of a server. */
export interface ServerRun {
  readonly child: Child;
  readonly failpoint: ReturnType<FailpointDealer['deal']>;
  /** As performance.now() tells it. */
  readonly beganAt: number;
  /** Why its end is no surprise. */
  expected: 'nothing' | 'kill' | 'stop';
  /** True while it listens. */
  up: boolean;
}

/** What a life begins with, and who is told of its end. */
export interface ServerRunOptions {
  readonly name: string;
  readonly args: readonly string[];
  readonly logPath: string;
  readonly failpoints: FailpointDealer;
  readonly allowedExits: readonly AllowedExit[];
  readonly counters: Counters;
}

/** Starts a server, with the next failpoint that is dealt. */
export function startServerRun({ args, logPath, failpoints }: ServerRunOptions): ServerRun {
  const failpoint = failpoints.deal();
  const env: Record<string, string> = failpoint === null ? {} : { RESERVATIONS_FAILPOINT: failpoint.setting };
  const child = startChild({ args, env, logPath });
  const life: ServerRun = { child, failpoint, expected: 'nothing', up: false, beganAt: performance.now() };
  void child.listening.then((listens) => (life.up = listens));
  return life;
}

/** Whoever ends must have been asked to, have met a failpoint, or have an allowedExit; all else is an incident. */
export function judgeExit(life: ServerRun, { code, signal }: Exit, options: ServerRunOptions): void {
  const { child, expected, failpoint, beganAt } = life;
  const { name, failpoints, allowedExits, counters } = options;
  if (expected === 'kill' && signal === 'SIGKILL') return;
  if (failpoint !== null && signal === 'SIGKILL') {
    failpoints.hit(failpoint.name);
    counters.failpointKills += 1;
    return;
  }
  if (expected === 'stop' && code === 0) return;
  if (allowedExits.some(({ words, until }) => beganAt < until() && words.test(child.tail()))) return;
  const how = code === null ? `by ${signal}` : `with exit code ${code}`;
  counters.incidents.push(`${name} ended ${how} (expected: ${expected}); its last words:\n${child.tail()}`);
}
