// Loaded into a server by `node --import`: answers each message with a report of the time since the last one. JavaScript, so
// that Node does not load what reads TypeScript: its 15 MiB would count as memory of the server.
import { monitorEventLoopDelay } from 'node:perf_hooks';

const NS_PER_MS = 1e6;
const EVERY_MS = 1;

const delay = monitorEventLoopDelay({ resolution: EVERY_MS });
delay.enable();
let profiling = null;

/** Begins to profile this process; null in a round that is not profiled. */
async function profile() {
  if (process.env['BENCH_PROFILED'] === undefined) return null;
  return await (await import('./profile.ts')).startProfiling();
}

async function report() {
  const loopDelayMs = Math.max(0, delay.percentile(99) / NS_PER_MS - EVERY_MS);
  const profiled = await profiling?.stop();
  profiling = await profile();
  delay.reset();
  return { loopDelayMs, ...(profiled === undefined ? {} : { profile: profiled }) };
}

process.on('message', () => {
  void report().then((answer) => process.send?.(answer));
});
// A benchmark that was killed leaves no servers behind.
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
process.channel?.unref();
