import { ReservationError } from '../../errors.ts';
import { REBUILT_TABLE } from '../sql/view-rebuild.ts';
import type { Run } from './connection.ts';
import { sqlStateOf } from './faults.ts';
import { assertKnownSchema } from './migrate.ts';
import type { Statement } from './prepared.ts';

/**
 * Makes an empty table with columns, keys, indexes and grants of the view, whatever migrations and operators have
 * made of it. One that a rebuild left lying is removed.
 */
export async function createRebuiltTable(run: Run): Promise<void> {
  await dropRebuiltTable(run);
  await run(plain(`create table ${REBUILT_TABLE} (like reservations including all)`));
  await runEach(run, GRANTS);
}

/** Removes it, if it is there. */
export async function dropRebuiltTable(run: Run): Promise<void> {
  await run(plain(`drop table if exists ${REBUILT_TABLE}`));
}

/** Without statistics the planner would guess about the new table until somebody gathers them. */
export async function analyzeRebuiltTable(run: Run): Promise<void> {
  await run(plain(`analyze ${REBUILT_TABLE}`));
}

/**
 * Puts it into the place of the view, and gives its indexes the names of theirs. Whoever has planned with the old
 * table plans anew: the server tells every connection.
 * @throws {ReservationError} STORE_UNSUITABLE when something else in the database depends on the table, or when a
 * newer release has changed the schema.
 */
export async function swapTables(run: Run): Promise<void> {
  // The new one first: when housekeeping is at work on it, readers do not have to wait for that.
  await run(plain(`lock table ${REBUILT_TABLE}, reservations in access exclusive mode`));
  // A table of the old definition must not take the place of one that a newer release has changed.
  await assertKnownSchema(run);
  const { rows: renamings } = await run<Made>(plain(INDEX_RENAMINGS));
  await run(plain('drop table reservations')).catch(explainDependents);
  await run(plain(`alter table ${REBUILT_TABLE} rename to reservations`));
  for (const { statement } of renamings) await run(plain(statement));
}

/** A statement that a query made. */
interface Made {
  readonly statement: string;
}

/** What others were allowed to do with the view they may do with the new one. */
const GRANTS = `select format('grant %s on ${REBUILT_TABLE} to %s%s',
  string_agg(acl.privilege_type, ', '),
  case when acl.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(acl.grantee)) end,
  case when acl.is_grantable then ' with grant option' else '' end) as statement
from pg_class c cross join lateral aclexplode(c.relacl) as acl
where c.oid = 'reservations'::regclass
group by acl.grantee, acl.is_grantable`;

/** Indexes belong together that are the same but for their names. */
const INDEX_RENAMINGS = `select format('alter index %I rename to %I', new_index.relname, old_index.relname) as statement
from pg_index o
join pg_class old_index on old_index.oid = o.indexrelid
join pg_index n on n.indrelid = '${REBUILT_TABLE}'::regclass and n.indisprimary = o.indisprimary
  and substring(pg_get_indexdef(n.indexrelid) from ' USING .*') = substring(pg_get_indexdef(o.indexrelid) from ' USING .*')
join pg_class new_index on new_index.oid = n.indexrelid
where o.indrelid = 'reservations'::regclass`;

async function runEach(run: Run, query: string): Promise<void> {
  const { rows } = await run<Made>(plain(query));
  for (const { statement } of rows) await run(plain(statement));
}

function explainDependents(error: unknown): never {
  if (sqlStateOf(error) !== '2BP01' || !(error instanceof Error)) throw error;
  const detail = 'detail' in error ? String(error.detail) : error.message;
  throw new ReservationError('STORE_UNSUITABLE', `the view cannot be replaced while others depend on it: ${detail}`, {
    cause: error,
  });
}

function plain<Row>(text: string): Statement<Row> {
  return { text, values: [] };
}
