import { readFile } from 'node:fs/promises';
import type { Figures } from '../report/results.ts';

/** Linux counts the CPU time of a process in hundredths of a second. */
const MICROS_PER_TICK = 10_000;

const KIB_PER_MIB = 1_024;

/** Measures what processes use from the moment it is made. */
export interface UsageMeter {
  /** CPU time per operation, and the peak memory of the processes together since they started. */
  figures(operations: number): Promise<Figures>;
}

/** Begins to measure these processes. Other processes than this one are only measured on Linux. */
export async function usageMeter(pids: readonly number[]): Promise<UsageMeter> {
  const before = await usageOf(pids);
  return {
    async figures(operations) {
      const after = await usageOf(pids);
      if (before === null || after === null) return {};
      return {
        ...(operations > 0 ? { cpuMicros: (after.cpuMicros - before.cpuMicros) / operations } : {}),
        rssMib: after.peakRssMib,
      };
    },
  };
}

/** Resident memory of processes now; null where that cannot be read. */
export async function residentMib(pids: readonly number[]): Promise<number | null> {
  const sizes = await Promise.all(pids.map((pid) => statusOf(pid, 'VmRSS')));
  return sizes.includes(null) ? null : sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
}

interface Usage {
  readonly cpuMicros: number;
  readonly peakRssMib: number;
}

async function usageOf(pids: readonly number[]): Promise<Usage | null> {
  const usages = await Promise.all(pids.map(async (pid) => (pid === process.pid ? ownUsage() : await otherUsage(pid))));
  return usages.reduce<Usage | null>(
    (sum, usage) =>
      sum === null || usage === null
        ? null
        : { cpuMicros: sum.cpuMicros + usage.cpuMicros, peakRssMib: sum.peakRssMib + usage.peakRssMib },
    { cpuMicros: 0, peakRssMib: 0 },
  );
}

function ownUsage(): Usage {
  const { user, system } = process.cpuUsage();
  return { cpuMicros: user + system, peakRssMib: process.resourceUsage().maxRSS / KIB_PER_MIB };
}

async function otherUsage(pid: number): Promise<Usage | null> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may contain spaces; behind it, user and system time are the 12th and 13th field.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const peakRssMib = await statusOf(pid, 'VmHWM');
    if (peakRssMib === null) return null;
    return { cpuMicros: (Number(fields[11]) + Number(fields[12])) * MICROS_PER_TICK, peakRssMib };
  } catch {
    return null;
  }
}

async function statusOf(pid: number, field: 'VmRSS' | 'VmHWM'): Promise<number | null> {
  try {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    const kib = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1];
    return kib === undefined ? null : Number(kib) / KIB_PER_MIB;
  } catch {
    return null;
  }
}
