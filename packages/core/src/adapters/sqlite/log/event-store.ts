import type Database from 'better-sqlite3';
import type { EventStore } from '../../../ports/event-store.ts';
import { assertAppendable, assertRange } from '../../support/arguments.ts';
import { createCommitListeners } from '../../support/commit-listeners.ts';
import type { CommitMeter } from '../../support/commit-meter.ts';
import { encodeAppend } from '../../sql/encoded-append.ts';
import { fromEventRows } from '../../sql/rows/events.ts';
import { logQueries } from '../../sql/queries/log.ts';
import type { Access } from '../access.ts';
import { createAppend } from './append.ts';
import { prepareLastPosition, prepareLogPage } from './log-pages.ts';
import { prepare, sql } from '../prepared.ts';
import type { WriteTransactions } from './transaction.ts';

/** The log on a connection. */
export function createEventStore(
  database: Database.Database,
  transactions: WriteTransactions,
  { assertOpen, read, write }: Access,
  meter: CommitMeter | null = null,
): EventStore {
  const listeners = createCommitListeners();
  const append = createAppend(database, transactions, meter);
  const streamPage = prepare(database, logQueries(sql).streamPage);
  const logPage = prepareLogPage(database);
  const lastPosition = prepareLastPosition(database);
  return {
    async append(request) {
      assertAppendable(request);
      const encoded = encodeAppend(request);
      const result = await write(() => append(encoded));
      if (result.kind === 'appended') listeners.announce();
      return result;
    },
    async readStream(stream, { after, limit }) {
      assertRange({ after, limit });
      return await read(() => fromEventRows(streamPage.all({ stream, after, limit }), 'version', after));
    },
    async readAll({ after, limit }) {
      assertRange({ after, limit });
      return await read(() => fromEventRows(logPage.all({ after, limit }), 'position', after));
    },
    lastPosition: () => read(() => lastPosition.get({})?.position ?? 0),
    onCommit(listener) {
      assertOpen();
      return listeners.add(listener);
    },
  };
}
