import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** Sends a signal to a process and all of its descendants. Processes that have ended are skipped. */
export function signalFamily(pid: number, signal: NodeJS.Signals): void {
  // The parent is stopped first: a child that it started meanwhile would be missed.
  send(pid, 'SIGSTOP');
  for (const member of [...descendantsOf(pid), pid]) send(member, signal);
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

function descendantsOf(pid: number): readonly number[] {
  const childrenOf = Map.groupBy(processes(), ({ parent }) => parent);
  const descend = (of: number): readonly number[] =>
    (childrenOf.get(of) ?? []).flatMap(({ pid: child }) => [child, ...descend(child)]);
  return descend(pid);
}

interface Process {
  readonly pid: number;
  readonly parent: number;
}

/** All processes of the machine. Linux is read from /proc: small images have no `ps`. */
function processes(): readonly Process[] {
  if (!existsSync('/proc/self/stat')) {
    const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
    return lines.map((line) => {
      const [pid, parent] = line.trim().split(/\s+/).map(Number);
      return { pid: pid ?? 0, parent: parent ?? 0 };
    });
  }
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => processOf(Number(name)) ?? []);
}

function processOf(pid: number): Process | null {
  try {
    // "PID (NAME) STATE PARENT …": the name may contain parentheses.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { pid, parent: Number(parent) };
  } catch {
    return null;
  }
}
