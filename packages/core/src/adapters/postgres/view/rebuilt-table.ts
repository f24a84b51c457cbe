import { ReservationError } from '../../../errors.ts';
import type { Run } from '../open/connection.ts';
import { sqlStateOf } from '../faults.ts';
import { assertKnownSchema } from '../schema/migrate.ts';
import { assertReplaceable, plain, type ViewTables } from './view-tables.ts';

/**
 * Makes an empty table with the columns, keys, indexes, settings, owner and grants of the view, whatever migrations
 * and operators have made of it. One that a rebuild left lying is removed.
 * @throws {ReservationError} STORE_UNSUITABLE when the view has what cannot be handed over, or when this role has not
 * the rights of its owner: servers could not use the table that it makes.
 */
export async function createRebuiltTable(run: Run, tables: ViewTables): Promise<void> {
  await assertReplaceable(run, tables);
  await dropRebuiltTable(run, tables);
  await run(plain(`create table ${tables.rebuilt} (like ${tables.shown} including all)`));
  for (const query of [SETTINGS, OWNER, DEFAULT_GRANTS, GRANTS]) await runMade(run, await made(run, query, tables));
}

/** Removes it, if it is there. */
export async function dropRebuiltTable(run: Run, { rebuilt }: ViewTables): Promise<void> {
  await run(plain(`drop table if exists ${rebuilt}`));
}

/** Without statistics the planner would guess about the new table until somebody gathers them. */
export async function analyzeRebuiltTable(run: Run, { rebuilt }: ViewTables): Promise<void> {
  await run(plain(`analyze ${rebuilt}`));
}

/**
 * Puts it into the place of the view, and gives its indexes the names of theirs. Whoever has planned with the old
 * table plans anew: the server tells every connection.
 * @throws {ReservationError} STORE_UNSUITABLE when something else in the database depends on the table or came to it
 * since the rebuild began, or when a newer release has changed the schema.
 */
export async function swapTables(run: Run, tables: ViewTables): Promise<void> {
  // The new one first: when housekeeping is at work on it, readers do not have to wait for that.
  await run(plain(`lock table ${tables.rebuilt}, ${tables.shown} in access exclusive mode`));
  // A table of the old definition must not take the place of one that a newer release has changed.
  await assertKnownSchema(run);
  await assertReplaceable(run, tables);
  const renamings = await made(run, INDEX_RENAMINGS, tables);
  await run(plain(`drop table ${tables.shown}`)).catch(explainDependents);
  await run(plain(`alter table ${tables.rebuilt} rename to reservations`));
  await runMade(run, renamings);
}

/** A statement that a query made. */
interface Made {
  readonly statement: string;
}

/** Storage parameters. */
const SETTINGS = `select format('alter table %s set (%I = %L)', $2::text, split_part(o, '=', 1),
  substr(o, strpos(o, '=') + 1)) as statement
from pg_class c cross join lateral unnest(c.reloptions) as o
where c.oid = $1::regclass`;

/** A rebuild may be run by another role than the one that made the tables. */
const OWNER = `select format('alter table %s owner to %I', $2::text, pg_get_userbyid(c.relowner)) as statement
from pg_class c where c.oid = $1::regclass`;

/** Default privileges of whoever made the new table are not those of the view. */
const DEFAULT_GRANTS = `select distinct format('revoke all on %s from %s', $2::text,
  case when acl.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(acl.grantee)) end) as statement
from pg_class c cross join lateral aclexplode(c.relacl) as acl
where c.oid = $2::regclass and $1::text is not null`;

/** What others were allowed to do with the view they may do with the new one. */
const GRANTS = `select format('grant %s on %s to %s%s',
  string_agg(acl.privilege_type, ', '), $2::text,
  case when acl.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(acl.grantee)) end,
  case when acl.is_grantable then ' with grant option' else '' end) as statement
from pg_class c cross join lateral aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) as acl
where c.oid = $1::regclass
group by acl.grantee, acl.is_grantable`;

/** Indexes belong together that are the same but for their names; of several that are the same, any two. */
const INDEX_RENAMINGS = `with indexes as (
  select i.indrelid, n.nspname, c.relname, d.definition, row_number() over (
    partition by i.indrelid, d.definition order by c.relname
  ) as n
  from pg_index i
  join pg_class c on c.oid = i.indexrelid
  join pg_namespace n on n.oid = c.relnamespace
  cross join lateral (select row(i.indisprimary, i.indisunique,
    exists (select from pg_constraint where conindid = i.indexrelid and conrelid = i.indrelid),
    substring(pg_get_indexdef(i.indexrelid) from ' USING .*'))::text) as d(definition)
  where i.indrelid in ($1::regclass, $2::regclass)
)
select format('alter index %I.%I rename to %I', new.nspname, new.relname, old.relname) as statement
from indexes old join indexes new on new.definition = old.definition and new.n = old.n
where old.indrelid = $1::regclass and new.indrelid = $2::regclass`;

/** What a query makes of the view ($1) and the table that takes its place ($2). */
async function made(run: Run, query: string, { shown, rebuilt }: ViewTables): Promise<readonly Made[]> {
  return (await run<Made>({ text: query, values: [shown, rebuilt] })).rows;
}

async function runMade(run: Run, statements: readonly Made[]): Promise<void> {
  for (const { statement } of statements) await run(plain(statement));
}

function explainDependents(error: unknown): never {
  if (sqlStateOf(error) !== '2BP01' || !(error instanceof Error)) throw error;
  const detail = 'detail' in error ? String(error.detail) : error.message;
  throw new ReservationError('STORE_UNSUITABLE', `the view cannot be replaced while others depend on it: ${detail}`, {
    cause: error,
  });
}
