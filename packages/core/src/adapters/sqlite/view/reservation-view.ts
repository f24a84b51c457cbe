import type Database from 'better-sqlite3';
import { type Compilable, sql as raw } from 'kysely';
import {
  PAGE_LIMIT_MAX,
  type ReservationFilter,
  type ReservationPage,
  type ReservationView,
  type StageCount,
} from '../../../ports/reservation-view.ts';
import { assertCount, assertPage } from '../../support/arguments.ts';
import { toSummary, toReservationPage } from '../../sql/rows/reservations.ts';
import { ONLY_SHARD, type ReservationRow } from '../../sql/columns.ts';
import type { Access } from '../access.ts';
import { keyQueries } from '../../sql/queries/keys.ts';
import { viewQueries } from '../../sql/queries/view.ts';
import { prepare, sql, written } from '../prepared.ts';
import type { Prepared } from '../statements.ts';

/** The read side on a connection. */
export function createReservationView(database: Database.Database, { read }: Access): ReservationView {
  const byId = prepare(database, viewQueries(sql).find);
  const byKey = prepare(database, keyQueries(sql).holder);
  const byTransaction = prepare(database, transactionQuery);
  const inStage = prepare(database, countQuery);
  const pages = {
    all: preparePage(database, { byUser: false, byStage: false }),
    ofUser: preparePage(database, { byUser: true, byStage: false }),
    inStage: preparePage(database, { byUser: false, byStage: true }),
    ofUserInStage: preparePage(database, { byUser: true, byStage: true }),
  };

  function pageFor(filter: ReservationFilter): Prepared<PageParameters, ReservationRow> {
    if (filter.userId === null) return filter.stage === null ? pages.all : pages.inStage;
    return filter.stage === null ? pages.ofUser : pages.ofUserInStage;
  }

  function page(filter: ReservationFilter): ReservationPage {
    const { userId, stage, after, limit } = filter;
    // One row more than asked for tells whether there is a next page.
    const rows = pageFor(filter).all({
      userId: userId ?? '',
      stage: stage ?? '',
      after: after ?? '',
      limit: limit + 1,
    });
    return toReservationPage(rows, limit);
  }

  return {
    find: (id) =>
      read(() => {
        const row = byId.get({ id });
        return row === undefined ? null : toSummary(row);
      }),
    findByKey: ({ scope, key }) => read(() => byKey.get({ scope, key }) ?? null),
    findByTransaction: (transactionId) =>
      read(() => byTransaction.all({ transactionId, limit: PAGE_LIMIT_MAX }).map(toSummary)),
    async list(filter) {
      assertPage(filter);
      return await read(() => page(filter));
    },
    async count(request) {
      assertCount(request);
      return await read(() => inStage.get(request)?.count ?? 0);
    },
  };
}

/** Where a page starts, what it holds and how much; what a page has no condition on is not looked at. */
export interface PageParameters {
  readonly userId: string;
  readonly stage: string;
  readonly after: string;
  readonly limit: number;
}

/** What the reservations of a page have in common. */
export interface PageConditions {
  readonly byUser: boolean;
  readonly byStage: boolean;
}

function preparePage(
  database: Database.Database,
  conditions: PageConditions,
): Prepared<PageParameters, ReservationRow> {
  return prepare(database, (parameters: PageParameters) => pageQuery(conditions, parameters));
}

const PRIMARY_KEY = raw.id('sqlite_autoindex_reservations_1');
const BY_USER = raw.id('reservations_by_user');
const BY_STAGE = raw.id('reservations_by_stage');
const BY_TRANSACTION = raw.id('reservations_by_transaction');

/**
 * A page, found by the index of its user, or else of its stage. The index is named: the primary key is in the right order
 * as well, and SQLite, which judges by statistics or knows nothing, would look at every reservation.
 */
export function pageQuery(
  { byUser, byStage }: PageConditions,
  { userId, stage, after, limit }: PageParameters,
): Compilable<ReservationRow> {
  const index = byUser ? BY_USER : byStage ? BY_STAGE : PRIMARY_KEY;
  const ofUser = byUser ? raw`and user_id = ${userId}` : raw``;
  const inStage = byStage ? raw`and stage = ${stage}` : raw``;
  return written(raw<ReservationRow>`select * from reservations indexed by ${index}
    where shard = ${ONLY_SHARD} and reservation_id > ${after} ${ofUser} ${inStage} order by reservation_id limit ${limit}`);
}

/** Reservations of a transaction, found by their index as a page is. */
export function transactionQuery({
  transactionId,
  limit,
}: {
  readonly transactionId: string;
  readonly limit: number;
}): Compilable<ReservationRow> {
  return written(raw<ReservationRow>`select * from reservations indexed by ${BY_TRANSACTION}
    where shard = ${ONLY_SHARD} and transaction_id = ${transactionId} order by reservation_id limit ${limit}`);
}

/** The number of reservations in a stage, counted in its index. */
export function countQuery({ stage, max }: StageCount): Compilable<{ readonly count: number }> {
  return written(raw<{ readonly count: number }>`select count(*) as count from (
    select 1 from reservations indexed by ${BY_STAGE} where shard = ${ONLY_SHARD} and stage = ${stage} limit ${max}
  )`);
}
