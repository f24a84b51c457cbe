import { ReservationError } from '../../../errors.ts';
import { ONLY_SHARD } from '../../sql/tables.ts';
import { explainMissingLock } from '../log/append.ts';
import type { Connections, Run } from './connection.ts';
import { sqlStateOf } from '../faults.ts';
import type { Statement } from '../prepared.ts';

/**
 * Runs everything that serving needs, with nothing in it. An append of no appends locks what every append locks, which is a
 * write with a commit of its own: a store in which that lock is not to be had is not writable, however well it writes
 * elsewhere. The server ends the wait, so that one probe after the other leaves no queue behind.
 *
 * Privileges are checked when a statement begins, also for one that touches no row; those of the statements that a function
 * would run only for a row are named here once more.
 */
const PROBE = `with leased as (
    update payment_queue set owner = owner, due_at = due_at, attempts = attempts, last_outcome = last_outcome where false
  ),
  removed as (delete from payment_queue where false),
  freed as (delete from idempotency_keys where false),
  claimed as (
    insert into subscriptions select * from subscriptions where false
    on conflict (shard, name) do update set position = excluded.position
  )
select append_group($1::integer, $2::integer, '[]', '[]', '[]', '{}') as outcomes,
  (select count(*) from take_payments($1::integer, '', 0, 1, 0)) as taken,
  (select count(*) from log_page($1::integer, 0, 0)) as events,
  (select count(*) from list_reservations($1::integer, null, null, null, '', 0)) as ids,
  (select count(*) from (select * from reservations where false) r) as reservations`;

function probe(lockTimeoutMs: number): Statement<unknown> {
  return { text: PROBE, values: [ONLY_SHARD, lockTimeoutMs] };
}

/**
 * Resolves when everything that serving needs succeeds now, a commit included.
 * @throws {ReservationError} STORE_UNAVAILABLE; STORE_UNSUITABLE when there is no log to append to.
 */
export async function checkServing(run: Run, lockTimeoutMs: number): Promise<void> {
  await run(probe(lockTimeoutMs)).catch(explainMissingLock);
}

/** How long the check at the start waits for the lock of appends. A store that is busy, or whose log is away, passes it. */
const START_LOCK_TIMEOUT_MS = 1_000;

/** Not in time, given up, no row to lock: readiness and appends tell, tools that only read go on. */
const PASSING_STATES: ReadonlySet<string | null> = new Set(['55P03', '57014', 'P0002']);

/**
 * Finds out, without a commit, whether this role and this engine can serve the store at all.
 * @throws {ReservationError} As {@link explainUnusable}.
 */
export async function assertServing({ trial }: Connections): Promise<void> {
  try {
    await trial((run) => run(probe(START_LOCK_TIMEOUT_MS)));
  } catch (error) {
    if (!PASSING_STATES.has(causingState(error))) throw error;
  }
}

/**
 * Makes a fault of the set-up of what a role or an engine refuses for good.
 * @throws {ReservationError} STORE_UNSUITABLE, with what to do; every other error as it is.
 */
export function explainUnusable(error: unknown): never {
  const cause = error instanceof ReservationError ? error.cause : error;
  const state = sqlStateOf(cause);
  if (!(cause instanceof Error)) throw error;
  if (state === INSUFFICIENT_PRIVILEGE) {
    throw unsuitable(`the role of the connection may not use the store (${cause.message}): ${GRANT}`, cause);
  }
  if (state === FEATURE_NOT_SUPPORTED) {
    throw unsuitable(`the engine cannot run the statements of the store (${cause.message}): ${PLAIN_TABLES}`, cause);
  }
  throw error;
}

const INSUFFICIENT_PRIVILEGE = '42501';
const FEATURE_NOT_SUPPORTED = '0A000';

const GRANT = 'grant it what docs/operations.md lists under "The role of the servers"';
const PLAIN_TABLES = 'use PostgreSQL itself, or tables that its extension does not distribute (docs/scaling.md)';

function causingState(error: unknown): string | null {
  return sqlStateOf(error instanceof ReservationError ? error.cause : error);
}

function unsuitable(message: string, cause: Error): ReservationError {
  return new ReservationError('STORE_UNSUITABLE', message, { cause });
}
