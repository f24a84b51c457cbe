import type { ReservationId } from '../../../domain/ids.ts';
import type { ReservationSummary } from '../../../domain/reservation/summary.ts';
import type { ListRequest, ReservationPage, ReservationView } from '../../../ports/reservation-view.ts';
import { assertCount, assertPage, firstOfTransaction } from '../../support/arguments.ts';
import { toSummary, toReservationPage } from '../../sql/rows/reservations.ts';
import { keyQueries } from '../../sql/queries/keys.ts';
import { ONLY_SHARD, type ReservationRow } from '../../sql/columns.ts';
import type { Access } from '../access.ts';
import type { Run } from '../open/connection.ts';
import { reservationPage, reservationsInStage } from './pages.ts';
import { prepare, sql } from '../prepared.ts';

/** The read side. */
export function createReservationView({ run, readTogether }: Access): ReservationView {
  const find = readTogether(findAll);

  async function list(request: ListRequest): Promise<ReservationPage> {
    assertPage(request);
    // One row more than asked for tells whether there is a next page.
    const { rows } = await run(reservationPage({ ...request, limit: request.limit + 1 }));
    return toReservationPage(rows, request.limit);
  }

  return {
    list,
    find: (id) => find(id),
    async findByKey({ scope, key }) {
      const { rows } = await run(keyHolder({ scope, key }));
      return rows[0] ?? null;
    },
    async findByTransaction(transactionId) {
      return (await list(firstOfTransaction(transactionId))).reservations;
    },
    async count(request) {
      assertCount(request);
      const { rows } = await run(reservationsInStage(request));
      return rows[0]?.count ?? 0;
    },
  };
}

/** Each look-up is a subquery of its own, which finds its row by its key however many are asked for. */
const BY_IDS = `select r.* from unnest($2::text[]) as q(id)
  cross join lateral (
    select * from reservations r where r.shard = $1 and r.reservation_id = q.id limit 1
  ) r`;

async function findAll(run: Run, ids: readonly ReservationId[]): Promise<readonly (ReservationSummary | null)[]> {
  const { rows } = await run<ReservationRow>({ text: BY_IDS, values: [ONLY_SHARD, ids] });
  const found = new Map(rows.map((row) => [row.reservation_id, toSummary(row)]));
  return ids.map((id) => found.get(id) ?? null);
}

/** What holds a key: one row by its primary key, the only index of the table. */
const keyHolder = prepare(keyQueries(sql).holder);
