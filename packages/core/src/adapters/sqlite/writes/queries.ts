import { type Compilable, sql as raw } from 'kysely';
import { EVENTS, type EventRow, ONLY_SHARD, type WorkRow } from '../../sql/columns.ts';
import { compileQuery, type Query } from '../../sql/prepared-query.ts';
import { apiKeyQueries } from '../../sql/queries/api-keys.ts';
import { keyQueries } from '../../sql/queries/keys.ts';
import { logQueries } from '../../sql/queries/log.ts';
import { subscriptionQueries } from '../../sql/queries/subscriptions.ts';
import { viewQueries } from '../../sql/queries/view.ts';
import { workQueries } from '../../sql/queries/work.ts';
import { lastPosition } from '../log/log-pages.ts';
import { sql, written } from '../prepared.ts';
import type { CompiledFor, Prepared } from '../statements.ts';
import type { DuePage, WriteQueries } from './statements.ts';

/** Compiles the statements of everything that a store writes. */
export function compileWriteQueries(): WriteQueries {
  const [log, keys, view, work] = [logQueries(sql), keyQueries(sql), viewQueries(sql), workQueries(sql)];
  const [subscriptions, apiKeys] = [subscriptionQueries(sql), apiKeyQueries(sql)];
  return {
    lastPosition: compile(lastPosition),
    streamEntries: compile(log.entries),
    eventsBehind: compile(log.behind),
    insertFirstEvent: compile(insertFirstEvent),
    insertEvent: compile(log.insert),
    streamVersion: compile(log.lastVersion),
    reservation: compile(view.find),
    reservationIds: compile(view.ids),
    putReservation: compile(view.put),
    removeReservation: compile(view.remove),
    claimKey: compile(keys.claim),
    releaseKey: compile(keys.release),
    keyHolder: compile(keys.holder),
    dueWork: compile(dueWork),
    workOwner: compile(work.owner),
    insertWork: compile(work.insert),
    leaseWork: compile(work.lease),
    releaseWork: compile(work.release),
    removeWork: compile(work.remove),
    insertApiKey: compile(apiKeys.insert),
    revokeApiKey: compile(apiKeys.revoke),
    markApiKey: compile(apiKeys.markUsed),
    probe: compile(probe),
    claim: compile(subscriptions.claim),
    advance: compile(subscriptions.advance),
    release: compile(subscriptions.release),
    stop: compile(subscriptions.stop),
    resume: compile(subscriptions.resume),
    resumeBehind: compile(subscriptions.resumeBehind),
  };
}

function compile<Parameters extends object, Row>(
  build: Query<Parameters, Row>,
): CompiledFor<Prepared<Parameters, Row>> {
  return compileQuery(build);
}

function insertFirstEvent(row: EventRow & { readonly before: number }): Compilable {
  const columns = Object.keys(EVENTS) as (keyof EventRow)[];
  return written(raw`insert into events (${raw.join(columns.map((column) => raw.ref(column)))})
    select ${raw.join(columns.map((column) => row[column]))} where (
      select count(*) = ${row.before} and coalesce(max(version), 0) = ${row.before}
        and total(command_id = ${row.command_id}) = 0
      from events where shard = ${ONLY_SHARD} and stream = ${row.stream}
    )`);
}

function dueWork({ kind, now, limit }: DuePage): Compilable<WorkRow> {
  return written(raw<WorkRow>`select * from due_work indexed by due_work_by_due_at
    where shard = ${ONLY_SHARD} and kind = ${kind} and due_at >= 0 and due_at <= ${now}
    order by due_at, id limit ${limit}`);
}

function probe(): Compilable {
  return sql
    .updateTable('write_probe')
    .set((column) => ({ writes: column('writes', '+', 1) }))
    .where('shard', '=', ONLY_SHARD);
}
