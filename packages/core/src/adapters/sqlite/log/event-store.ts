import type Database from 'better-sqlite3';
import type { EventStore } from '../../../ports/event-store.ts';
import { assertAppendable, assertRange } from '../../support/arguments.ts';
import { createCommitListeners } from '../../support/commit-listeners.ts';
import { encodeAppend } from '../../sql/encoded-append.ts';
import { fromEventRows } from '../../sql/rows/events.ts';
import { logQueries } from '../../sql/queries/log.ts';
import type { Access } from '../access.ts';
import { prepareLastPosition, prepareLogPage } from './log-pages.ts';
import { prepare, sql } from '../prepared.ts';

/** The log on a connection. */
export function createEventStore(
  database: Database.Database,
  { assertOpen, read, readInTurn, write }: Access,
): EventStore {
  const listeners = createCommitListeners();
  const streamPage = prepare(database, logQueries(sql).streamPage);
  const logPage = prepareLogPage(database);
  const lastPosition = prepareLastPosition(database);
  return {
    async append(request) {
      assertAppendable(request);
      const result = await write('append', encodeAppend(request));
      if (result.kind === 'appended') listeners.announce();
      return result;
    },
    async readStream(stream, { after, limit }) {
      assertRange({ after, limit });
      return await read(() => fromEventRows(streamPage.all({ stream, after, limit }), 'version', after));
    },
    async readAll({ after, limit }) {
      assertRange({ after, limit });
      return await readInTurn(() => fromEventRows(logPage.all({ after, limit }), 'position', after));
    },
    lastPosition: () => read(() => lastPosition.get({})?.position ?? 0),
    onCommit(listener) {
      assertOpen();
      return listeners.add(listener);
    },
  };
}
