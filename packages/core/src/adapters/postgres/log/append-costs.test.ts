import { createDatabase, type TestDatabase } from '@reservations/test-postgres';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { AppendRequest } from '../../../ports/event-store.ts';
import {
  exampleAppend,
  exampleCharge,
  exampleEvent,
  exampleId,
  exampleSummary,
  NOTHING_ALONGSIDE,
} from '../../../testing/builders.ts';
import { encodeAppend } from '../../sql/encoded-append.ts';
import { migratePostgres } from '../index.ts';
import { type ExplainingAddress, letAppendsExplain, startExplaining } from '../test-plans.ts';
import { appendGroup } from './append-call.ts';

// What the server does for a group of appends: a statement or a look-up more for each append is seen here.

let database: TestDatabase;
let address: ExplainingAddress;
let client: pg.Client;

beforeAll(async () => {
  database = await createDatabase(inject('postgresUrl'));
  await migratePostgres({ connectionString: database.url });
  await letAppendsExplain(database.url);
  address = await startExplaining(database.url);
  client = new pg.Client({ connectionString: address.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await address.stop();
  await database.drop();
});

const oneTo = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1);

function opening(n: number): AppendRequest {
  const work = { change: 'enqueue', ...exampleCharge(n), owner: `lease-${n}`, openedAt: 1, leaseUntil: 2 } as const;
  const key = { kind: 'claim', scope: 'caller', key: `key-${n}`, fingerprint: 'body' } as const;
  const inlineWrites = { summary: exampleSummary(exampleId(n)), work, key };
  return exampleAppend(exampleId(n), { events: [exampleEvent(n)], commandId: `open-${n}`, inlineWrites });
}

function closing(n: number): AppendRequest {
  const work = { change: 'remove', ...exampleCharge(n), onlyIfLeasedBy: `lease-${n}` } as const;
  const summary = exampleSummary(exampleId(n), { version: 2 });
  const inlineWrites = { ...NOTHING_ALONGSIDE, summary, work };
  const events = [exampleEvent(1_000 + n)];
  return exampleAppend(exampleId(n), { expected: 1, events, commandId: `close-${n}`, inlineWrites });
}

/** Counts of the session since it last reported them: index scans and, of tables, sequential scans and changed rows. */
const COUNTS = `select relname as name, pg_stat_get_xact_numscans(oid)::integer as scans,
    (pg_stat_get_xact_tuples_inserted(oid) + pg_stat_get_xact_tuples_updated(oid)
      + pg_stat_get_xact_tuples_deleted(oid))::integer as changes
  from pg_class where relkind in ('r', 'i') and relnamespace = 'public'::regnamespace`;

interface Counts {
  readonly name: string;
  readonly scans: number;
  readonly changes: number;
}

interface Costs {
  /** Statements within the function. */
  readonly statements: number;
  /** Scans by the name of index or, sequential ones, of table. */
  readonly scans: Readonly<Record<string, number>>;
  /** Rows inserted, updated and deleted, by the name of the table. */
  readonly changes: Readonly<Record<string, number>>;
}

async function send(requests: readonly AppendRequest[]): Promise<void> {
  const { text, values } = appendGroup(
    requests.map((request) => encodeAppend(request)),
    1_000,
  );
  await client.query(text, [...values]);
}

/** The costs of the group, after `before` was appended; nothing of it stays. Counts are not reported in a transaction. */
async function costsOf(group: readonly AppendRequest[], before: readonly AppendRequest[] = []): Promise<Costs> {
  await client.query('begin');
  await send(before);
  const { rows: then } = await client.query<Counts>(COUNTS);
  address.takeStatements();
  await send(group);
  const statements = address.takeStatements().filter(({ text }) => !text.startsWith('select append_group'));
  const { rows: now } = await client.query<Counts>(COUNTS);
  await client.query('rollback');
  const differences = (count: 'scans' | 'changes'): Record<string, number> => {
    const earlier = new Map(then.map((row) => [row.name, row[count]]));
    const all = now.map((row) => [row.name, row[count] - (earlier.get(row.name) ?? 0)] as const);
    return Object.fromEntries(all.filter(([, difference]) => difference > 0));
  };
  return { statements: statements.length, scans: differences('scans'), changes: differences('changes') };
}

describe('what a group of appends costs the server', () => {
  test.each([1, 50])('%i that open reservations', async (count) => {
    expect(await costsOf(oneTo(count).map(opening))).toEqual({
      statements: 6,
      scans: {
        log_locks_pkey: 1,
        events_by_position: 1,
        events_pkey: count,
        idempotency_keys_pkey: count,
        due_work_pkey: count,
        reservations_pkey: count,
      },
      changes: { events: count, reservations: count, idempotency_keys: count, due_work: count },
    });
  });

  test.each([1, 50])('%i that close reservations', async (count) => {
    expect(await costsOf(oneTo(count).map(closing), oneTo(count).map(opening))).toEqual({
      // One to lock the leased rows, and one to remove each.
      statements: 7 + count,
      scans: {
        log_locks_pkey: 1,
        events_by_position: 1,
        events_pkey: count,
        due_work_pkey: 3 * count,
        reservations_pkey: count,
      },
      changes: { events: count, reservations: count, due_work: count },
    });
  });

  test('one that is refused beside 50 that are not: two statements more, and look-ups for that one alone', async () => {
    const group = [...oneTo(25), ...oneTo(25).map((n) => 100 + n)].map(opening);
    const late = { ...opening(99), commandId: 'late' };
    const costs = await costsOf([...group, late], [opening(99)]);
    expect(costs).toEqual({
      statements: 8,
      scans: {
        log_locks_pkey: 1,
        events_by_position: 1,
        events_pkey: 53,
        idempotency_keys_pkey: 51,
        due_work_pkey: 51,
        reservations_pkey: 50,
      },
      changes: { events: 50, reservations: 50, idempotency_keys: 50, due_work: 50 },
    });
  });
});
