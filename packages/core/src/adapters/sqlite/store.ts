import { statSync } from 'node:fs';
import type Database from 'better-sqlite3';
import type { Observer } from '../../ports/observer.ts';
import { createCommitMeter } from '../support/commit-meter.ts';
import { ONLY_SHARD } from '../sql/columns.ts';
import type { SqliteStore } from './sqlite-store.ts';
import { createAccess } from './access.ts';
import { createEventStore } from './log/event-store.ts';
import { createDueWork } from './work/due-work.ts';
import { prepare, sql } from './prepared.ts';
import { createReservationView } from './view/reservation-view.ts';
import { createSubscriptions } from './subscriptions.ts';
import { createViewRepair } from './view/view-repair.ts';
import { createWriteTransactions } from './log/transaction.ts';

/** Callbacks of the code that opened the connection. */
export interface SqliteStoreHooks {
  /** Called before each write. @throws {ReservationError} when the database's files were moved or replaced. */
  assertInPlace(): void;
  /** Called once the connection is closed. */
  onClosed(): void;
  /** Receives an observation for each committed group of appends; null for none. */
  readonly observer: Observer | null;
}

/** A store over a connection whose schema and settings are right. The connection is closed with it. */
export function createSqliteStore(
  database: Database.Database,
  { assertInPlace, onClosed, observer }: SqliteStoreHooks,
): SqliteStore {
  const transactions = createWriteTransactions(database, assertInPlace);
  const meter = observer === null ? null : createCommitMeter(observer);
  const access = createAccess(database, transactions, onClosed, meter);
  const probe = prepare(database, () =>
    sql
      .updateTable('write_probe')
      .set((column) => ({ writes: column('writes', '+', 1) }))
      .where('shard', '=', ONLY_SHARD),
  );
  return {
    events: createEventStore(database, transactions, access, meter),
    view: createReservationView(database, access),
    repair: createViewRepair(database, access),
    work: createDueWork(database, access),
    subscriptions: createSubscriptions(database, access),
    async checkWritable() {
      await access.write(() => probe.run({}));
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
