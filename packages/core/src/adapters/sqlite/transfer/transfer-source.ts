import { realpathSync, statSync } from 'node:fs';
import type Database from 'better-sqlite3';
import { invalidOption } from '../../../options.ts';
import type { TransferRows, TransferSource } from '../../../ports/admin/store-transfer.ts';
import { viewQueries } from '../../sql/queries/view.ts';
import { toSummary } from '../../sql/rows/reservations.ts';
import { fromMoveRecord, toMoveRecord } from '../../sql/store-move.ts';
import { ONLY_SHARD } from '../../sql/columns.ts';
import {
  type After,
  type AfterEvent,
  type AfterKey,
  checkpointsPage,
  keysPage,
  streamsPage,
} from '../../sql/queries/transfer.ts';
import { apiKeyQueries } from '../../sql/queries/api-keys.ts';
import { workQueries } from '../../sql/queries/work.ts';
import { openConnection } from '../open/connection.ts';
import { toFault } from '../faults.ts';
import { acquireServingLock, type ServingLock } from '../open/lock.ts';
import { migrate } from '../schema/migrate.ts';
import { prepareLastPosition, prepareLogPage } from '../log/log-pages.ts';
import { BUSY_TIMEOUT_BESIDE_MS } from '../open/open.ts';
import { createTransferRows } from '../../sql/transfer-rows.ts';
import { prepare, sql } from '../prepared.ts';
import type { Prepared } from '../statements.ts';
import { readStoreMove, refuseWork, writeStoreMove } from './store-move.ts';
import { SQLITE_MIGRATIONS } from '../schema/steps.ts';

/** Options of {@link openSqliteTransferSource}. */
export interface SqliteTransferSourceOptions {
  /** The database file, which must exist. */
  readonly path: string;
}

/**
 * Opens a SQLite file as the source of a move, exclusively and in one write transaction: until it is closed no other
 * process can write, and what was read stays true. The mark that it was moved is the only write.
 * @throws {ReservationError} INVALID_OPTION when there is no database; STORE_IN_USE when the file is served;
 * STORE_UNAVAILABLE while a tool writes; STORE_UNSUITABLE when it is newer than this code; STORE_CORRUPT.
 */
export async function openSqliteTransferSource({ path }: SqliteTransferSourceOptions): Promise<TransferSource> {
  const file = statSync(path, { throwIfNoEntry: false });
  // SQLite accepts an empty file as an empty database.
  if (file === undefined || !file.isFile() || file.size === 0) {
    throw invalidOption('path', 'a database file that exists', path);
  }
  const database = await openConnection(path, BUSY_TIMEOUT_BESIDE_MS);
  let lock: ServingLock | null = null;
  try {
    lock = acquireServingLock(path);
    migrate(database, SQLITE_MIGRATIONS);
    database.exec('begin immediate');
    return createSource(database, lock);
  } catch (error) {
    database.close();
    lock?.release();
    throw toFault(error, path);
  }
}

function createSource(database: Database.Database, lock: ServingLock): TransferSource {
  const move = readStoreMove(database);
  const last = prepareLastPosition(database).get({});
  return {
    name: `sqlite:${realpathSync(database.name)}`,
    moved: move?.role === 'source' ? toMoveRecord(move) : null,
    lastPosition: last?.position ?? 0,
    ...createRows(database),
    async markMoved(record) {
      try {
        writeStoreMove(database, fromMoveRecord('source', record, record.finishedAt));
        refuseWork(database, record.other);
        database.exec('commit');
      } catch (error) {
        throw toFault(error, database.name);
      }
    },
    async close() {
      database.close();
      lock.release();
    },
  };
}

function createRows(database: Database.Database): TransferRows & Pick<TransferSource, 'summary'> {
  const log = prepareLogPage(database);
  const streams = prepare(database, (page: AfterEvent) => streamsPage(sql, page));
  const keys = prepare(database, (page: AfterKey) => keysPage(sql, page));
  const work = prepare(database, workQueries(sql).page(ONLY_SHARD));
  const summary = prepare(database, viewQueries(sql).find);
  const checkpoints = prepare(database, (page: After<string>) => checkpointsPage(sql, ONLY_SHARD, page));
  const apiKeys = prepare(database, apiKeyQueries(sql).list);

  function reader<Page, Row>(statement: Prepared<Page, Row>): (page: Page) => Promise<readonly Row[]> {
    return async (page) => {
      try {
        return statement.all(page);
      } catch (error) {
        throw toFault(error, database.name);
      }
    };
  }
  const rows = createTransferRows({
    log: reader(log),
    streams: reader(streams),
    keys: reader(keys),
    work: reader(work),
    checkpoints: reader(checkpoints),
    apiKeys: reader(apiKeys),
  });
  const readSummary = reader(summary);
  return {
    ...rows,
    async summary(id) {
      const [row] = await readSummary({ id });
      return row === undefined ? null : toSummary(row);
    },
  };
}
