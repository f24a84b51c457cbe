/** The thread that writes to a database file on a connection of its own (see writer-thread.ts). */
import { parentPort, workerData } from 'node:worker_threads';
import { assert } from '../../../errors.ts';
import type { Observation } from '../../../ports/observer.ts';
import { toFault } from '../faults.ts';
import { openExisting } from '../open/connection.ts';
import { assertUnchanged } from '../open/file-identity.ts';
import { createCommitter } from './committer.ts';
import type { Outcome } from './group-commit.ts';
import { fromSentWrite, toSentAppended } from './sent-writes.ts';
import { type FromThread, type SentOutcome, type ThreadSettings, toSent, type ToThread } from './thread-messages.ts';

assert(parentPort !== null, 'the writer runs in a thread');
const port = parentPort;
const { path, busyTimeoutMs, queries, files, observed } = workerData as ThreadSettings;

function answer(message: FromThread): void {
  port.postMessage(message);
}

function sent(outcome: Outcome): SentOutcome {
  if (outcome.kind === 'failed') return { kind: 'failed', error: toSent(toFault(outcome.error, path)) };
  return toSentAppended(outcome.result) ?? outcome;
}

async function start(): Promise<void> {
  const database = await openExisting(path, busyTimeoutMs);
  let observations: Observation[] = [];
  const commit = createCommitter(database, queries, {
    assertInPlace: () => assertUnchanged(files),
    observer: observed ? (observation) => void observations.push(observation) : null,
  });
  port.on('message', (message: ToThread) => {
    if (message.kind === 'close') {
      database.close();
      port.close();
      return;
    }
    const outcomes = commit(message.writes.map(fromSentWrite), message.waitMs).map(sent);
    answer({ kind: 'committed', outcomes, observations });
    observations = [];
  });
}

try {
  await start();
  answer({ kind: 'started' });
} catch (error) {
  answer({ kind: 'not-started', error: toSent(toFault(error, path)) });
}
