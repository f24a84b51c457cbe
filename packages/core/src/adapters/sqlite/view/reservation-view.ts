import type Database from 'better-sqlite3';
import { type Compilable, sql as raw } from 'kysely';
import type { ReservationSummary } from '../../../domain/reservation/summary.ts';
import type {
  ListKey,
  ListOrder,
  ListRequest,
  ReservationPage,
  ReservationView,
  StageCount,
} from '../../../ports/reservation-view.ts';
import { assertCount, assertPage, firstOfTransaction } from '../../support/arguments.ts';
import { toSummary, toReservationPage } from '../../sql/rows/reservations.ts';
import { BEFORE_EVERY_ID, LIST_COLUMNS, ONLY_SHARD, type ReservationRow } from '../../sql/columns.ts';
import type { Access } from '../access.ts';
import { keyQueries } from '../../sql/queries/keys.ts';
import { viewQueries } from '../../sql/queries/view.ts';
import { prepare, sql, written } from '../prepared.ts';
import type { Prepared } from '../statements.ts';

/** Rows that are read in one turn: with the largest metadata, decoding them takes some milliseconds. */
const SLICE_ROWS = 50;

/** The read side on a connection. */
export function createReservationView(database: Database.Database, { read, readInTurn }: Access): ReservationView {
  const byId = prepare(database, viewQueries(sql).find);
  const byKey = prepare(database, keyQueries(sql).holder);
  const inStage = prepare(database, countQuery);
  const lists = {
    all: preparePages(database, null),
    userId: preparePages(database, 'userId'),
    stage: preparePages(database, 'stage'),
    transactionId: preparePages(database, 'transactionId'),
    caller: preparePages(database, 'caller'),
    reference: preparePages(database, 'reference'),
  };

  function page({ by, order, after, limit }: ListRequest): ReservationPage {
    const value = by?.value ?? '';
    const behind = after ?? BEFORE_EVERY_ID[order];
    // One row more than asked for tells whether there is a next page.
    const rows = lists[by?.field ?? 'all'][order].all({ value, after: behind, limit: limit + 1 });
    return toReservationPage(rows, limit);
  }

  async function pageInSlices(request: ListRequest): Promise<ReservationPage> {
    const reservations: ReservationSummary[] = [];
    for (let { after } = request; ;) {
      const limit = Math.min(SLICE_ROWS, request.limit - reservations.length);
      const slice = await readInTurn(() => page({ ...request, after, limit }));
      reservations.push(...slice.reservations);
      if (slice.next === null || reservations.length === request.limit) return { reservations, next: slice.next };
      after = slice.next;
    }
  }

  return {
    find: (id) =>
      read(() => {
        const row = byId.get({ id });
        return row === undefined ? null : toSummary(row);
      }),
    findByKey: ({ scope, key }) => read(() => byKey.get({ scope, key }) ?? null),
    findByTransaction: (transactionId) => read(() => page(firstOfTransaction(transactionId)).reservations),
    async list(request) {
      assertPage(request);
      return await pageInSlices(request);
    },
    async count(request) {
      assertCount(request);
      return await read(() => inStage.get(request)?.count ?? 0);
    },
  };
}

/** Where a page starts, the value that its rows have in common, unless it is of all, and their number. */
export interface PageParameters {
  readonly value: string;
  readonly after: string;
  readonly limit: number;
}

type PageStatement = Prepared<PageParameters, ReservationRow>;

function preparePages(
  database: Database.Database,
  field: ListKey['field'] | null,
): { readonly [Order in ListOrder]: PageStatement } {
  const inOrder = (order: ListOrder): PageStatement =>
    prepare(database, (parameters: PageParameters) => pageQuery({ field, order }, parameters));
  return { asc: inOrder('asc'), desc: inOrder('desc') };
}

const PRIMARY_KEY = raw.id('sqlite_autoindex_reservations_1');

/** The index of each list. */
const INDEXES = {
  userId: raw.id('reservations_by_user'),
  stage: raw.id('reservations_by_stage'),
  transactionId: raw.id('reservations_by_transaction'),
  caller: raw.id('reservations_by_caller'),
  reference: raw.id('reservations_by_reference'),
};

/**
 * A page, found by the index of its field. The index is named: the primary key is in the right order as well, and SQLite,
 * which judges by statistics or knows nothing, would look at every reservation.
 */
export function pageQuery(
  { field, order }: { readonly field: ListKey['field'] | null; readonly order: ListOrder },
  { value, after, limit }: PageParameters,
): Compilable<ReservationRow> {
  const index = field === null ? PRIMARY_KEY : INDEXES[field];
  const having = field === null ? raw`` : raw`and ${raw.ref(LIST_COLUMNS[field])} = ${value}`;
  const [behind, direction] = order === 'asc' ? [raw`>`, raw``] : [raw`<`, raw`desc`];
  return written(raw<ReservationRow>`select * from reservations indexed by ${index}
    where shard = ${ONLY_SHARD} ${having} and reservation_id ${behind} ${after}
    order by reservation_id ${direction} limit ${limit}`);
}

/** The number of reservations in a stage, counted in its index. */
export function countQuery({ stage, max }: StageCount): Compilable<{ readonly count: number }> {
  return written(raw<{ readonly count: number }>`select count(*) as count from (
    select 1 from reservations indexed by ${INDEXES.stage} where shard = ${ONLY_SHARD} and stage = ${stage} limit ${max}
  )`);
}
