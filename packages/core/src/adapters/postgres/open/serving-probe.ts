import { isReservationError, ReservationError } from '../../../errors.ts';
import { ONLY_SHARD } from '../../sql/columns.ts';
import { explainMissingLock } from '../log/append.ts';
import type { Connections, Run } from './connection.ts';
import { sqlStateOf } from '../faults.ts';
import type { Statement } from '../prepared.ts';

/**
 * Runs everything that serving requires, without data. An append of no appends takes the lock of all appends, which is a
 * write with its own commit: a store whose lock cannot be taken is not writable. The server ends the wait, so that probes
 * do not queue up.
 *
 * Privileges are checked when a statement begins, even when it touches no row; those of statements that a function runs
 * only for a row are named here again.
 */
const PROBE = `with leased as (
    update due_work set owner = owner, due_at = due_at, attempts = attempts, last_outcome = last_outcome where false
  ),
  removed as (delete from due_work where false),
  freed as (delete from idempotency_keys where false),
  claimed as (
    insert into subscriptions select * from subscriptions where false
    on conflict (shard, name) do update set position = excluded.position
  ),
  marked as (update api_keys set last_used_on = last_used_on where false)
select append_group($1::integer, $2::integer, false, '{}', '{}') as outcomes,
  (select count(*) from take_work($1::integer, '', '', 0, 1, 0)) as taken,
  (select count(*) from log_page($1::integer, 0, 0)) as events,
  (select count(*) from list_reservations($1::integer, null, null, 'asc', '', 0)) as ids,
  (select count(*) from (select * from reservations where false) r) as reservations,
  (select count(*) from (select * from api_keys where false) k) as api_keys`;

function probe(lockTimeoutMs: number): Statement<unknown> {
  return { text: PROBE, values: [ONLY_SHARD, lockTimeoutMs] };
}

/**
 * Resolves when everything that serving requires succeeds, including a commit.
 * @throws {ReservationError} STORE_UNAVAILABLE; STORE_UNSUITABLE when there is no log to append to.
 */
export async function checkServing(run: Run, lockTimeoutMs: number): Promise<void> {
  await run(probe(lockTimeoutMs)).catch(explainMissingLock);
}

/** Wait of the check at start for the lock of appends. A busy store, or one whose log is missing, passes it. */
const START_LOCK_TIMEOUT_MS = 1_000;

/** Timed out, cancelled, or no row to lock: readiness and appends report it, read-only tools continue. */
const PASSING_STATES: ReadonlySet<string | null> = new Set(['55P03', '57014', 'P0002']);

/**
 * Checks, without a commit, whether this role and this engine can serve the store at all.
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
 * Converts a permanent refusal by role or engine into a set-up fault with advice.
 * @throws {ReservationError} STORE_UNSUITABLE; every other error unchanged.
 */
export function explainUnusable(error: unknown): never {
  const cause = isReservationError(error) ? error.cause : error;
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
  return sqlStateOf(isReservationError(error) ? error.cause : error);
}

function unsuitable(message: string, cause: Error): ReservationError {
  return new ReservationError('STORE_UNSUITABLE', message, { cause });
}
