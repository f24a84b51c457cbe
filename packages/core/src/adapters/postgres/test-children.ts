import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

/** A process that runs test-child.ts. */
export interface TestChild {
  /** The next thing that it says; undefined after the last. */
  next(): Promise<unknown>;
  /** Lets it go on when it waits for that. */
  go(): void;
  /** Freezes it where it is, or lets it go on. */
  pause(isPaused: boolean): void;
  /** Waits until it ends by itself; returns its exit code. */
  ended(): Promise<number | null>;
  /** Kills it the hard way, if it lives, and waits until it is gone. */
  kill(): Promise<void>;
}

/** Starts it. */
export function startTestChild(task: string, url: string, number: number = 0): TestChild {
  const script = fileURLToPath(new URL('test-child.ts', import.meta.url));
  const child: ChildProcessByStdio<Writable, Readable, null> = spawn(
    process.execPath,
    ['--conditions=@reservations/source', script, task, url, String(number)],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const exited = once(child, 'exit');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async next() {
      const { done, value } = await lines.next();
      return done === true ? undefined : (JSON.parse(value) as unknown);
    },
    go() {
      child.stdin.end('go\n');
    },
    async ended() {
      await exited;
      return child.exitCode;
    },
    pause(isPaused) {
      child.kill(isPaused ? 'SIGSTOP' : 'SIGCONT');
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** What children say when they were all told to go at once. */
export async function goAtOnce(children: readonly TestChild[]): Promise<readonly unknown[]> {
  for (const child of children) {
    const said = await child.next();
    if (said !== 'ready') throw new Error(`a child said ${JSON.stringify(said)}`);
  }
  for (const child of children) child.go();
  return await Promise.all(children.map((child) => child.next()));
}
