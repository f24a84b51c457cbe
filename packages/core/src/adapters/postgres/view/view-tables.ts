import { assert, ReservationError } from '../../../errors.ts';
import { REBUILT_TABLE } from '../../sql/view-rebuild.ts';
import type { Run } from '../open/connection.ts';
import { sqlStateOf } from '../faults.ts';
import type { Statement } from '../prepared.ts';

/** The two tables of a rebuild, each with its schema and quoted: the new one is where the view is. */
export interface ViewTables {
  /** The one that servers read and write. */
  readonly shown: string;
  /** The one that takes its place. */
  readonly rebuilt: string;
}

/** Where the view is, as this role's search_path finds it. */
export async function findViewTables(run: Run): Promise<ViewTables> {
  const { rows } = await run<ViewTables>(plain(FIND));
  const [tables] = rows;
  assert(tables !== undefined, 'the view has a table');
  return tables;
}

const FIND = `select format('%I.%I', nspname, relname) as shown, format('%I.%I', nspname, '${REBUILT_TABLE}') as rebuilt
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.oid = 'reservations'::regclass`;

/**
 * @throws {ReservationError} STORE_UNSUITABLE when the table has what the new one would not have, or when this role
 * may not do what its owner may.
 */
export async function assertReplaceable(run: Run, { shown }: ViewTables): Promise<void> {
  const { rows } = await run<{ readonly fault: string }>({ text: FAULTS, values: [shown] });
  if (rows.length === 0) return;
  throw new ReservationError(
    'STORE_UNSUITABLE',
    `the view cannot be rebuilt: ${rows.map(({ fault }) => fault).join('; ')}`,
  );
}

/** What belongs to a table and is not copied with its definition. */
const FAULTS = `select fault
from pg_class c
cross join lateral (values
  (not pg_has_role(c.relowner, 'USAGE'),
    format('its table belongs to the role %I, whose rights %I does not have', pg_get_userbyid(c.relowner), current_user)),
  (c.relrowsecurity or exists (select from pg_policy where polrelid = c.oid),
    'its table has row-level security, which the new one would not have'),
  (exists (select from pg_attribute where attrelid = c.oid and attacl is not null),
    'its table has grants on columns, which the new one would not have'),
  (exists (select from pg_publication_rel where prrelid = c.oid),
    'its table is in a publication, in which the new one would not be'),
  (exists (select from pg_trigger where tgrelid = c.oid and not tgisinternal),
    'its table has triggers, which the new one would not have')
) as found(is_so, fault)
where c.oid = $1::regclass and is_so`;

/** Says in words that this role may not do what a rebuild has to do; everything else is thrown as it is. */
export function explainDenial(error: unknown): never {
  const cause = error instanceof Error ? error.cause : null;
  if (sqlStateOf(cause) !== INSUFFICIENT_PRIVILEGE || !(cause instanceof Error)) throw error;
  throw new ReservationError(
    'STORE_UNSUITABLE',
    `the view can only be rebuilt by a role that may create tables in its schema for its owner: ${cause.message}`,
    { cause },
  );
}

const INSUFFICIENT_PRIVILEGE = '42501';

/** A statement without values. */
export function plain<Row>(text: string): Statement<Row> {
  return { text, values: [] };
}
