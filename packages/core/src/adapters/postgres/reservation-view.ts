import { sql as raw } from 'kysely';
import type { ReservationId } from '../../domain/ids.ts';
import type { ReservationSummary } from '../../domain/summary.ts';
import {
  type KeyHolder,
  PAGE_LIMIT_MAX,
  type ReservationFilter,
  type ReservationView,
} from '../../ports/reservation-view.ts';
import { assertPage } from '../sql/arguments.ts';
import { fromReservationRow, toReservationPage } from '../sql/reservation-rows.ts';
import { ONLY_SHARD, type ReservationsTable } from '../sql/tables.ts';
import type { Access } from './access.ts';
import type { Run } from './connection.ts';
import { type Prepared, prepare, sql } from './prepared.ts';
import { beginRebuild } from './view-rebuild.ts';

/** The read side. */
export function createReservationView(access: Access): ReservationView {
  const { run, readTogether } = access;
  const find = readTogether(findAll);
  return {
    find: (id) => find(id),
    async findByKey({ scope, key }) {
      const { rows } = await run(keyHolder({ scope, key }));
      return rows[0] ?? null;
    },
    async findByTransaction(transactionId) {
      const { rows } = await run(ofTransaction({ transactionId, limit: PAGE_LIMIT_MAX }));
      return rows.map(fromReservationRow);
    },
    async list(filter) {
      assertPage(filter);
      const { userId, stage, after, limit } = filter;
      // One row more than asked for tells whether there is a next page.
      const parameters = { userId: userId ?? '', stage: stage ?? '', after: after ?? '', limit: limit + 1 };
      const { rows } = await run(pageFor(filter)(parameters));
      return toReservationPage(rows, limit);
    },
    rebuild: (request) => beginRebuild(access, request),
  };
}

async function findAll(run: Run, ids: readonly ReservationId[]): Promise<readonly (ReservationSummary | null)[]> {
  const { rows } = await run(byIds({ ids }));
  const found = new Map(rows.map((row) => [row.reservation_id, fromReservationRow(row)]));
  return ids.map((id) => found.get(id) ?? null);
}

const byIds = prepare(({ ids }: { readonly ids: readonly string[] }) =>
  sql
    .selectFrom('reservations')
    .selectAll()
    .where('shard', '=', ONLY_SHARD)
    .where('reservation_id', '=', ({ fn }) => fn.any(raw<string[]>`${ids}::text[]`)),
);

/** What holds a key: one row by its primary key. */
export const keyHolder: Prepared<{ readonly scope: string; readonly key: string }, KeyHolder> = prepare(
  ({ scope, key }: { readonly scope: string; readonly key: string }) =>
    sql
      .selectFrom('idempotency_keys')
      .select(['stream', 'fingerprint'])
      .where('shard', '=', ONLY_SHARD)
      .where('scope', '=', scope)
      .where('idempotency_key', '=', key),
);

/** The first reservations of a transaction, found and sorted by their index. */
export const ofTransaction: Prepared<{ readonly transactionId: string; readonly limit: number }, ReservationsTable> =
  prepare(({ transactionId, limit }: { readonly transactionId: string; readonly limit: number }) =>
    sql
      .selectFrom('reservations')
      .selectAll()
      .where('shard', '=', ONLY_SHARD)
      .where('transaction_id', '=', transactionId)
      .orderBy('reservation_id')
      .limit(limit),
  );

const pages = {
  all: preparePage({ byUser: false, byStage: false }),
  ofUser: preparePage({ byUser: true, byStage: false }),
  inStage: preparePage({ byUser: false, byStage: true }),
  ofUserInStage: preparePage({ byUser: true, byStage: true }),
};

function pageFor(filter: ReservationFilter): Prepared<PageParameters, ReservationsTable> {
  if (filter.userId === null) return filter.stage === null ? pages.all : pages.inStage;
  return filter.stage === null ? pages.ofUser : pages.ofUserInStage;
}

interface PageParameters {
  readonly userId: string;
  readonly stage: string;
  readonly after: string;
  readonly limit: number;
}

function preparePage(conditions: {
  readonly byUser: boolean;
  readonly byStage: boolean;
}): Prepared<PageParameters, ReservationsTable> {
  return prepare(({ userId, stage, after, limit }: PageParameters) =>
    sql
      .selectFrom('reservations')
      .selectAll()
      .where('shard', '=', ONLY_SHARD)
      .where('reservation_id', '>', after)
      .$if(conditions.byUser, (query) => query.where('user_id', '=', userId))
      .$if(conditions.byStage, (query) => query.where('stage', '=', stage))
      .orderBy('reservation_id')
      .limit(limit),
  );
}
