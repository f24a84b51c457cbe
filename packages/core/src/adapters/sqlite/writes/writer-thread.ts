import { Worker } from 'node:worker_threads';
import { ReservationError } from '../../../errors.ts';
import type { Observation } from '../../../ports/observer.ts';
import type { Outcome } from './group-commit.ts';
import type { Write } from './operations.ts';
import { fromSentAppended, toSentWrite } from './sent-writes.ts';
import { type FromThread, fromSent, type SentOutcome, type ThreadSettings, type ToThread } from './thread-messages.ts';

/** A thread that writes to a file on a connection of its own. */
export interface WriterThread {
  /**
   * Commits a group; one at a time.
   * @throws {ReservationError} STORE_UNAVAILABLE when the thread ends before it answers.
   */
  commit(writes: readonly Write[], waitMs: number): Promise<CommittedGroup>;
  /** Resolves when the connection is closed and the thread has ended. */
  close(): Promise<void>;
}

/** What became of a group. */
export interface CommittedGroup {
  readonly outcomes: readonly Outcome[];
  readonly observations: readonly Observation[];
}

/**
 * Starts a thread. Resolves with null when that cannot be done: this process may not start threads, the application was
 * bundled without the thread's file, or the thread cannot open the database. `onEnd` is called when a started thread has
 * ended, before the group under way is rejected.
 */
export async function startThread(settings: ThreadSettings, onEnd: () => void): Promise<WriterThread | null> {
  const worker = tryToSpawn(settings);
  return worker === null ? null : await join(worker, onEnd);
}

function tryToSpawn(settings: ThreadSettings): Worker | null {
  try {
    // Beside the built entry, or here among the sources.
    const file = import.meta.url.endsWith('.ts') ? './thread.ts' : './sqlite-thread.js';
    // The flags of the process, such as --input-type and --import, are not for this file.
    return new Worker(new URL(file, import.meta.url), {
      workerData: settings,
      execArgv: [],
      name: 'reservations-sqlite',
    });
  } catch {
    return null;
  }
}

/** Resolves once the thread has opened the database, or with null when it could not. */
async function join(worker: Worker, onEnd: () => void): Promise<WriterThread | null> {
  const ended = Promise.withResolvers<void>();
  let cause: unknown = null;
  let isStarted = false;
  let isEnded = false;
  let pending: PromiseWithResolvers<FromThread> | null = null;

  function send(message: ToThread): void {
    worker.postMessage(message);
  }

  // An idle thread does not keep the process alive; one that works does.
  async function answer(ask: () => void): Promise<FromThread> {
    if (isEnded) throw unknownOutcome(cause);
    ask();
    worker.ref();
    pending = Promise.withResolvers();
    return await pending.promise;
  }

  function settle(act: (waiting: PromiseWithResolvers<FromThread>) => void): void {
    worker.unref();
    const waiting = pending;
    pending = null;
    if (waiting !== null) act(waiting);
  }

  worker.on('message', (message: FromThread) => settle(({ resolve }) => resolve(message)));
  worker.on('error', (error) => {
    cause = error;
  });
  worker.on('exit', () => {
    isEnded = true;
    if (isStarted) onEnd();
    settle(({ reject }) => reject(unknownOutcome(cause)));
    ended.resolve();
  });

  async function commit(writes: readonly Write[], waitMs: number): Promise<CommittedGroup> {
    const reply = await answer(() => send({ kind: 'commit', writes: writes.map(toSentWrite), waitMs }));
    if (reply.kind !== 'committed') throw unknownOutcome(null);
    return { outcomes: reply.outcomes.map(received), observations: reply.observations };
  }

  async function close(): Promise<void> {
    if (isEnded) return;
    worker.ref();
    send({ kind: 'close' });
    await ended.promise;
  }

  try {
    isStarted = (await answer(() => undefined)).kind === 'started';
    return isStarted ? { commit, close } : null;
  } catch {
    return null;
  }
}

function received(outcome: SentOutcome): Outcome {
  if ('kind' in outcome) {
    return outcome.kind === 'done' ? outcome : { kind: 'failed', error: fromSent(outcome.error) };
  }
  return { kind: 'done', result: fromSentAppended(outcome) };
}

function unknownOutcome(cause: unknown): ReservationError {
  const message = 'the thread that writes to the database ended: it is unknown whether its last commit took place';
  return new ReservationError('STORE_UNAVAILABLE', message, cause === null ? {} : { cause });
}
