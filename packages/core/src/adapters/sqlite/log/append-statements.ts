import type Database from 'better-sqlite3';
import { type Compilable, sql as raw } from 'kysely';
import type { WorkName, WorkRelease } from '../../../ports/due-work.ts';
import type { KeyClaim, KeyName } from '../../../ports/inline-writes.ts';
import type { KeyHolder } from '../../../ports/reservation-view.ts';
import { EVENTS, type EventRow, ONLY_SHARD, type ReservationRow, type WorkRow } from '../../sql/columns.ts';
import { keyQueries } from '../../sql/queries/keys.ts';
import { logQueries, type StreamEntry, type StreamPage } from '../../sql/queries/log.ts';
import { viewQueries } from '../../sql/queries/view.ts';
import { workQueries } from '../../sql/queries/work.ts';
import { type Prepared, prepare, sql, written } from '../prepared.ts';

interface InStream {
  readonly stream: string;
}

/** The statements of an append. */
export interface AppendStatements {
  readonly streamEntries: Prepared<InStream, StreamEntry>;
  readonly eventsBehind: Prepared<Omit<StreamPage, 'limit'>, EventRow>;
  /** Changes no row unless the stream is whole, ends at version `before` and lacks the command; 0 before the first event. */
  readonly insertFirstEvent: Prepared<EventRow & { readonly before: number }, unknown>;
  readonly insertEvent: Prepared<EventRow, unknown>;
  readonly putReservation: Prepared<ReservationRow, unknown>;
  /** Changes no row when the key is bound already. */
  readonly claimKey: Prepared<KeyClaim & InStream, unknown>;
  /** Changes no row unless the key is bound to the stream. */
  readonly releaseKey: Prepared<KeyName & InStream, unknown>;
  readonly keyHolder: Prepared<KeyName, KeyHolder>;
  readonly workOwner: Prepared<WorkName, Pick<WorkRow, 'owner'>>;
  /** Changes no row when the item is in the queue already. */
  readonly insertWork: Prepared<WorkRow, unknown>;
  /** Changes no row when `owner` does not hold the lease. */
  readonly releaseWork: Prepared<WorkRelease, unknown>;
  readonly removeWork: Prepared<WorkName, unknown>;
}

/** Compiles them for a connection. */
export function prepareAppendStatements(database: Database.Database): AppendStatements {
  const [log, keys, view, work] = [logQueries(sql), keyQueries(sql), viewQueries(sql), workQueries(sql)];
  return {
    streamEntries: prepare(database, log.entries),
    eventsBehind: prepare(database, log.behind),
    insertFirstEvent: prepare(database, insertFirstEvent),
    insertEvent: prepare(database, log.insert),
    putReservation: prepare(database, view.put),
    claimKey: prepare(database, keys.claim),
    releaseKey: prepare(database, keys.release),
    keyHolder: prepare(database, keys.holder),
    workOwner: prepare(database, work.owner),
    insertWork: prepare(database, work.insert),
    releaseWork: prepare(database, work.release),
    removeWork: prepare(database, work.remove),
  };
}

function insertFirstEvent(row: EventRow & { readonly before: number }): Compilable {
  const columns = Object.keys(EVENTS) as (keyof EventRow)[];
  return written(raw`insert into events (${raw.join(columns.map((column) => raw.ref(column)))})
    select ${raw.join(columns.map((column) => row[column]))} where (
      select count(*) = ${row.before} and coalesce(max(version), 0) = ${row.before}
        and total(command_id = ${row.command_id}) = 0
      from events where shard = ${ONLY_SHARD} and stream = ${row.stream}
    )`);
}
