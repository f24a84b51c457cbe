import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Loaded into a server by `node --import`: answers each message with the delay of its event loop since the last one. */

const NS_PER_MS = 1e6;
const EVERY_MS = 1;

const delay = monitorEventLoopDelay({ resolution: EVERY_MS });
delay.enable();
process.on('message', () => {
  process.send?.(Math.max(0, delay.percentile(99) / NS_PER_MS - EVERY_MS));
  delay.reset();
});
// A benchmark that was killed leaves no servers behind.
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
process.channel?.unref();
