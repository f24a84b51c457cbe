import type Database from 'better-sqlite3';
import type { WorkName, WorkRelease } from '../../../ports/due-work.ts';
import type { KeyClaim, KeyName } from '../../../ports/inline-writes.ts';
import type { KeyHolder } from '../../../ports/reservation-view.ts';
import type { EventRow, ReservationRow, WorkRow } from '../../sql/columns.ts';
import type { ApiKeyParameters } from '../../sql/queries/api-keys.ts';
import type { StreamEntry, StreamPage } from '../../sql/queries/log.ts';
import type { SubscriptionParameters, SubscriptionRows } from '../../sql/queries/subscriptions.ts';
import { type CompiledFor, type Prepared, prepareCompiled } from '../statements.ts';

interface InStream {
  readonly stream: string;
}

interface ById {
  readonly id: string;
}

/** Due items, the longest due first. */
export interface DuePage {
  readonly kind: string;
  readonly now: number;
  readonly limit: number;
}

/** The statements about subscriptions that write. */
export type SubscriptionWrite = Exclude<keyof SubscriptionParameters, 'find' | 'list'>;

type SubscriptionStatements = {
  readonly [Name in SubscriptionWrite]: Prepared<SubscriptionParameters[Name], SubscriptionRows[Name]>;
};

/** The statements of everything that a store writes. */
export interface WriteStatements extends SubscriptionStatements {
  readonly lastPosition: Prepared<object, Pick<EventRow, 'position'>>;
  readonly streamEntries: Prepared<InStream, StreamEntry>;
  readonly eventsBehind: Prepared<Omit<StreamPage, 'limit'>, EventRow>;
  /** Changes no row unless the stream is whole, ends at version `before` and lacks the command; 0 before the first event. */
  readonly insertFirstEvent: Prepared<EventRow & { readonly before: number }, unknown>;
  readonly insertEvent: Prepared<EventRow, unknown>;
  readonly streamVersion: Prepared<InStream, Pick<EventRow, 'version'>>;
  readonly reservation: Prepared<ById, ReservationRow>;
  readonly reservationIds: Prepared<
    { readonly after: string; readonly limit: number },
    Pick<ReservationRow, 'reservation_id'>
  >;
  readonly putReservation: Prepared<ReservationRow, unknown>;
  readonly removeReservation: Prepared<ById, unknown>;
  /** Changes no row when the key is bound already. */
  readonly claimKey: Prepared<KeyClaim & InStream, unknown>;
  /** Changes no row unless the key is bound to the stream. */
  readonly releaseKey: Prepared<KeyName & InStream, unknown>;
  readonly keyHolder: Prepared<KeyName, KeyHolder>;
  readonly dueWork: Prepared<DuePage, WorkRow>;
  readonly workOwner: Prepared<WorkName, Pick<WorkRow, 'owner'>>;
  /** Changes no row when the item is in the queue already. */
  readonly insertWork: Prepared<WorkRow, unknown>;
  readonly leaseWork: Prepared<WorkRow, unknown>;
  /** Changes no row when `owner` does not hold the lease. */
  readonly releaseWork: Prepared<WorkRelease, unknown>;
  readonly removeWork: Prepared<WorkName, unknown>;
  readonly insertApiKey: Prepared<ApiKeyParameters['insert'], unknown>;
  readonly revokeApiKey: Prepared<ApiKeyParameters['revoke'], unknown>;
  readonly markApiKey: Prepared<ApiKeyParameters['markUsed'], unknown>;
  readonly probe: Prepared<object, unknown>;
}

/** The same before they are prepared on a connection, as data that a thread can be sent. */
export type WriteQueries = { readonly [Name in keyof WriteStatements]: CompiledFor<WriteStatements[Name]> };

/** Prepares them on a connection. */
export function prepareWriteStatements(database: Database.Database, queries: WriteQueries): WriteStatements {
  const prepared = Object.entries(queries).map(([name, query]) => [name, prepareCompiled(database, query)] as const);
  return Object.fromEntries(prepared) as unknown as WriteStatements;
}
