import type { WorkName } from '../../ports/due-work.ts';
import type { ReservationId } from '../../domain/ids.ts';
import type { ReservationSummary } from '../../domain/reservation/summary.ts';
import type {
  EventText,
  KeyPlace,
  StreamPlace,
  TransferPage,
  TransferRows,
  TransferSource,
} from '../../ports/admin/store-transfer.ts';
import type { FoldedStream } from '../commands/fold-streams.ts';

/** Place of a row of which each reservation has one. */
export function reservationPlace({ reservationId }: { readonly reservationId: ReservationId }): ReservationId {
  return reservationId;
}

/** Place of a key. */
export function keyPlace({ scope, key }: KeyPlace): KeyPlace {
  return { scope, key };
}

/** Place of a checkpoint. */
export function checkpointPlace({ name }: { readonly name: string }): string {
  return name;
}

/** Place of an API key. */
export function apiKeyPlace({ prefix }: { readonly prefix: string }): string {
  return prefix;
}

/** Place of a work item. */
export function workPlace({ kind, id }: WorkName): WorkName {
  return { kind, id };
}

/** Yields all pages of a paged read, each of `limit` rows except the last. */
export async function* pagesOf<Row, Place>(
  read: (page: TransferPage<Place>) => Promise<readonly Row[]>,
  placeOf: (row: Row) => Place,
  limit: number,
): AsyncGenerator<readonly Row[]> {
  let after: Place | null = null;
  for (;;) {
    const rows = await read({ after, limit });
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows;
    if (rows.length < limit) return;
    after = placeOf(last);
  }
}

/** Yields the rows of all pages. */
export async function* rowsOf<Row, Place>(
  read: (page: TransferPage<Place>) => Promise<readonly Row[]>,
  placeOf: (row: Row) => Place,
  limit: number,
): AsyncGenerator<Row> {
  for await (const rows of pagesOf(read, placeOf, limit)) yield* rows;
}

/** Yields all events, stream by stream. */
export function eventsByStream(rows: TransferRows, limit: number): AsyncGenerator<EventText> {
  return rowsOf<EventText, StreamPlace>(
    (page) => rows.streams(page),
    ({ stream, version }) => ({ stream, version }),
    limit,
  );
}

/** The stream's row of the view: folded, or the source's when it has events of a later release. Null when it has none. */
export async function rowOf(source: TransferSource, stream: FoldedStream): Promise<ReservationSummary | null> {
  if (stream.kind === 'folded') return stream.summary;
  return stream.id === null ? null : await source.summary(stream.id);
}
