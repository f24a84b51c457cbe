import { Session } from 'node:inspector/promises';
import { getHeapStatistics } from 'node:v8';
import type { Area, Profile } from '../report/results.ts';
import { timeByArea } from './areas.ts';

const NAME = 'BENCH_PROFILED';

/** Environment of the processes of a round that is profiled. */
export const PROFILED: Readonly<Record<string, string>> = { [NAME]: '1' };

const EVERY_MICROS = 500;
const BYTES_PER_MIB = 1_048_576;

/** A profile that is being made of this process. */
export interface Profiling {
  /** Ends it. */
  stop(): Promise<Profile>;
}

/** Begins to profile this process; null in a round that is not profiled. */
export async function startProfiling(): Promise<Profiling | null> {
  if (process.env[NAME] === undefined) return null;
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: EVERY_MICROS });
  await session.post('Profiler.start');
  const whole = process.cpuUsage();
  const thread = process.threadCpuUsage();
  return {
    async stop() {
      const wholeMicros = sum(process.cpuUsage(whole));
      const threadMicros = sum(process.threadCpuUsage(thread));
      const { profile } = await session.post('Profiler.stop');
      const memory = await memoryNow(session);
      session.disconnect();
      return { shares: sharesOf(timeByArea(profile), threadMicros / wholeMicros), memory };
    },
  };
}

let last: Profile | undefined;

/** Keeps a profile until the figures that belong to it are reported. */
export function keepProfile(profile: Profile | undefined): void {
  last = profile;
}

/** The profile that was kept, once. */
export function takeProfile(): Profile | undefined {
  const profile = last;
  last = undefined;
  return profile;
}

/** Shares of the CPU time of the process; what its main thread did not take belongs to other threads. */
function sharesOf(times: ReadonlyMap<Area, number>, ofThread: number): Profile['shares'] {
  const total = [...times.values()].reduce((all, time) => all + time, 0);
  const main = Math.min(1, ofThread);
  return Object.fromEntries([
    ...[...times].map(([area, time]) => [area, (main * time) / total] as const),
    ['threads', 1 - main] as const,
  ]);
}

/** Memory of this process, then what is left of its heap after a full collection. */
async function memoryNow(session: Session): Promise<Profile['memory']> {
  const { rss, heapTotal, heapUsed, external } = process.memoryUsage();
  const { malloced_memory: malloced } = getHeapStatistics();
  await session.post('HeapProfiler.collectGarbage');
  const live = process.memoryUsage().heapUsed;
  const mib = (bytes: number): number => bytes / BYTES_PER_MIB;
  return {
    residentMib: mib(rss),
    heapMib: mib(heapTotal),
    liveMib: mib(live),
    garbageMib: mib(Math.max(0, heapUsed - live)),
    externalMib: mib(external + malloced),
  };
}

function sum({ user, system }: NodeJS.CpuUsage): number {
  return user + system;
}
