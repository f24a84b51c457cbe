import { statSync } from 'node:fs';
import type Database from 'better-sqlite3';
import type { SqliteStore } from './sqlite-store.ts';
import { createApiKeys } from './api-keys.ts';
import { createAccess } from './access.ts';
import { createEventStore } from './log/event-store.ts';
import { createDueWork } from './work/due-work.ts';
import { createReservationView } from './view/reservation-view.ts';
import { createSubscriptions } from './subscriptions.ts';
import { createViewRepair } from './view/view-repair.ts';
import type { Writer } from './writes/writer.ts';

/** What a store is built of beside its connection. */
export interface SqliteStoreParts {
  readonly writer: Writer;
  /** Called once the connection is closed and the writer has ended. */
  onClosed(): void;
}

/** A store over a connection whose schema and settings are right. Connection and writer are closed with it. */
export function createSqliteStore(database: Database.Database, { writer, onClosed }: SqliteStoreParts): SqliteStore {
  const access = createAccess(database, writer, onClosed);
  return {
    events: createEventStore(database, access),
    view: createReservationView(database, access),
    repair: createViewRepair(access),
    work: createDueWork(database, access),
    subscriptions: createSubscriptions(database, access),
    apiKeys: createApiKeys(database, access),
    async checkWritable() {
      await access.write('probe', undefined);
    },
    files: () => ({
      databaseBytes: database.memory ? 0 : sizeOf(database.name),
      walBytes: database.memory ? 0 : sizeOf(`${database.name}-wal`),
    }),
    close: () => access.close(),
  };
}

/** The size of a file in bytes, 0 when it is not there. */
function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
