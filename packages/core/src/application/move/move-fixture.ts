import { chargeWork } from '../payments/charge-work.ts';
import Database from 'better-sqlite3';
import pg from 'pg';
import { openPostgresTransferTarget } from '../../adapters/postgres/index.ts';
import { openSqliteStore, openSqliteTransferSource } from '../../adapters/sqlite/index.ts';
import { systemRuntime } from '../../adapters/system/runtime.ts';
import type { ReservationId } from '../../domain/ids.ts';
import type { PaymentOutcome } from '../../domain/payment-outcome.ts';
import { toTimestamp } from '../../domain/timestamp.ts';
import type { ReservationStore } from '../../ports/reservation-store.ts';
import type { Runtime } from '../../ports/runtime.ts';
import { createManualRuntime } from '../../testing/manual-runtime.ts';
import { createEngineFixture } from '../engine-fixture.ts';
import { handleCommand, keepKey } from '../commands/handle-command.ts';
import { loadReservation } from '../commands/load-reservation.ts';
import { type MoveOptions, type MoveResult, moveStore } from './move-store.ts';
import type { MoveEnds } from './verify-move.ts';

/** What tests leave out of a move's options: a batch of 3 rows makes many batches of a small store. */
export const SMALL_BATCH = 3;

const UNKNOWN: PaymentOutcome = { kind: 'unknown', cause: 'deadline-exceeded', detail: 'no answer \u0000 in 5 s' };

/** A source whose ids hang on `startAt`, with every kind of reservation: 8 of them, 16 events, 3 open payments, 3 keys, 2 subscriptions, 2 API keys. */
export async function createSourceFile(path: string, startAt: number = Date.UTC(2026, 0, 1)): Promise<void> {
  const store = await openSqliteStore({ path });
  const runtime = createManualRuntime(startAt);
  const { create, gateway } = createEngineFixture({ store, runtime });
  await create({ idempotencyKey: 'order-1', caller: 'user:7', traceparent: '00-trace' });
  gateway.script(() => ({ kind: 'declined', message: 'Insufficient \u0000 funds \ud800' }));
  await create({ idempotencyKey: 'order-1' });
  gateway.script(() => UNKNOWN);
  await create();
  await create();
  const { reservationId } = await create({ idempotencyKey: 'order-2', caller: 'z' });
  await escalate(store, runtime, reservationId);
  gateway.script(() => Promise.reject(new Error('the process died')));
  await create();
  gateway.script(() => ({ kind: 'approved', transactionId: 'TXN', message: 'ok' }));
  await create();
  await create();
  await store.close();
  change(
    path,
    `insert into subscriptions values (0, 'mail 🎫', 4, 'dead', 99, null, null),
       (0, 'stopped', 2, null, 0, 3, 'it failed ' || char(0) || '!');
     insert into api_keys values
       (0, 'rsv_00000001', '${'a'.repeat(64)}', 'shop', 'reservations:read reservations:write', 1, null, null, '2026-01-02'),
       (0, 'rsv_00000002', '${'b'.repeat(64)}', 'shop', 'ops:read', 2, 3, 4, null)`,
  );
}

async function escalate(store: ReservationStore, runtime: Runtime, id: ReservationId): Promise<void> {
  const at = toTimestamp(runtime.clock.now());
  await handleCommand(
    { events: store.events, runtime },
    {
      id,
      command: { type: 'escalate', reason: 'settlement-gave-up', detail: 'an hour went by', at },
      loaded: await loadReservation(store.events, id),
      work: () => ({ change: 'remove', ...chargeWork(id), onlyIfLeasedBy: null }),
      key: keepKey,
    },
  );
}

/** Changes a file bypassing the store. */
export function change(path: string, sql: string): void {
  const database = new Database(path);
  database.exec(sql);
  database.close();
}

/** The rows of every table that moves, in the order of their keys. */
export type Contents = Readonly<Record<string, readonly Row[]>>;

type Row = Readonly<Record<string, unknown>>;

const ORDER: Readonly<Record<string, string>> = {
  events: 'stream, version',
  reservations: 'reservation_id',
  idempotency_keys: 'scope, idempotency_key',
  due_work: 'kind, id',
  subscriptions: 'name',
  api_keys: 'prefix',
};

/** What a file holds. */
export function contentsOfFile(path: string): Contents {
  const database = new Database(path, { readonly: true });
  const tables = Object.entries(ORDER).map(
    ([table, order]) => [table, database.prepare<[], Row>(`select * from ${table} order by ${order}`).all()] as const,
  );
  database.close();
  return Object.fromEntries(tables);
}

/** What a database holds, with the numbers that JSON makes of them. */
export async function contentsOfDatabase(connectionString: string): Promise<Contents> {
  const tables = Object.entries(ORDER).map(async ([table, order]) => {
    const rows = await query<{ readonly row: Row }>(
      connectionString,
      `select to_json(t) as row from ${table} t order by ${order}`,
    );
    return [table, rows.map(({ row }) => row)] as const;
  });
  return Object.fromEntries(await Promise.all(tables));
}

/** What a database must hold to which a store with these contents was moved: no leases, and texts that it can hold. */
export function movedContents(contents: Contents): Contents {
  const { reservations = [], due_work = [], subscriptions = [] } = contents;
  return {
    ...contents,
    reservations: reservations.map(withoutNul),
    due_work: due_work.map(withoutNul).map((row) => {
      return row['owner'] === null ? row : { ...row, owner: null, due_at: 0 };
    }),
    subscriptions: subscriptions.map(withoutNul).map((row) => ({ ...row, owner: null, lease_until: 0 })),
  };
}

function withoutNul(row: Row): Row {
  const columns = Object.entries(row).map(([name, value]) => [
    name,
    typeof value === 'string' ? value.replaceAll('\u0000', '\uFFFD') : value,
  ]);
  return Object.fromEntries(columns) as Row;
}

/** Runs a statement on a connection of its own. */
export async function query<Row extends object>(connectionString: string, text: string): Promise<readonly Row[]> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end();
  }
}

/** One run of a move, with small batches; both ends are closed after it, however it ends. */
export async function runMove(
  { path, url }: { readonly path: string; readonly url: string },
  { wrap = (ends) => ends, ...options }: Partial<MoveOptions> & { readonly wrap?: (ends: MoveEnds) => MoveEnds } = {},
): Promise<MoveResult> {
  const source = await openSqliteTransferSource({ path });
  try {
    const target = await openPostgresTransferTarget({ connectionString: url });
    try {
      // Moves have ids that no other move has.
      const runtime = systemRuntime();
      return await moveStore(wrap({ source, target }), { runtime, batchRows: SMALL_BATCH, ...options });
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}
