import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { ServerReport } from '../contenders/contender.ts';
import { type Profiling, startProfiling } from './profile.ts';

/** Loaded into a server by `node --import`: answers each message with a report of the time since the last one. */

const NS_PER_MS = 1e6;
const EVERY_MS = 1;

const delay = monitorEventLoopDelay({ resolution: EVERY_MS });
delay.enable();
let profiling: Profiling | null = null;

async function report(): Promise<ServerReport> {
  const loopDelayMs = Math.max(0, delay.percentile(99) / NS_PER_MS - EVERY_MS);
  const profile = await profiling?.stop();
  profiling = await startProfiling();
  delay.reset();
  return { loopDelayMs, ...(profile === undefined ? {} : { profile }) };
}

process.on('message', () => {
  void report().then((answer) => process.send?.(answer));
});
// A benchmark that was killed leaves no servers behind.
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
process.channel?.unref();
