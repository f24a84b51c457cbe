import type { Output } from '../../observe/output/output.ts';

/** How long the last lines of a service may take to be written when it ends. */
const LAST_LINES_MS = 500;

/** How long work in the threads of a service, such as looking up a name, may take to end when the service does. */
const THREADS_MS = 2_000;

/** The same for a process that has to end at once. */
const THREADS_AT_ONCE_MS = 200;

/** Pause between two looks at the threads. */
const THREADS_POLL_MS = 20;

/** Work that occupies a thread of the pool. Node waits for those threads in `process.exit`, without a limit. */
const THREAD_WORK: ReadonlySet<string> = new Set([
  'FSReqCallback',
  'FSReqPromise',
  'GetAddrInfoReqWrap',
  'GetNameInfoReqWrap',
]);

/**
 * Ends a command whose output is its result: waits for a slow reader without a limit, as `cat` does, then exits. A
 * signal still ends the process.
 */
export async function endCommand(code: number, outputs: readonly Output[]): Promise<never> {
  await Promise.all(outputs.map((output) => output.idle()));
  process.exit(code);
}

/**
 * Ends a service, within a few seconds in any case: lines that cannot be written are given up after a moment, and
 * when a thread of the process does not return, SIGTERM ends the process in place of the exit code (process 1 of a
 * container is aborted).
 */
export async function endService(code: number, outputs: readonly Output[]): Promise<never> {
  await Promise.race([Promise.all(outputs.map((output) => output.idle())), pause(LAST_LINES_MS)]);
  return await exit(code, THREADS_MS);
}

/** Ends the process without waiting for its output. */
export async function endAtOnce(code: number): Promise<never> {
  return await exit(code, THREADS_AT_ONCE_MS);
}

async function exit(code: number, threadsMs: number): Promise<never> {
  const deadline = performance.now() + threadsMs;
  while (isThreadBusy() && performance.now() < deadline) await pause(THREADS_POLL_MS);
  if (isThreadBusy()) {
    process.removeAllListeners('SIGTERM');
    process.kill(process.pid, 'SIGTERM');
    // The system drops a signal that process 1 sends to itself, except for the fault that `abort` ends with.
    if (process.pid === 1) process.abort();
  }
  process.exit(code);
}

function isThreadBusy(): boolean {
  return process.getActiveResourcesInfo().some((resource) => THREAD_WORK.has(resource));
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
