import { createDatabase, type TestDatabase } from '@reservations/test-postgres';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { ListKey } from '../../ports/reservation-view.ts';
import type { ReservationStore } from '../../ports/reservation-store.ts';
import {
  exampleApiKey,
  exampleAppend,
  exampleCharge,
  exampleEvent,
  exampleId,
  exampleSummary,
  NOTHING_ALONGSIDE,
} from '../../testing/builders.ts';
import { migratePostgres, openPostgresStore } from './index.ts';
import { type ExplainingAddress, letAppendsExplain, startExplaining } from './test-plans.ts';

/** Rows of each table when it is full; of events twice as many. */
const ROWS = 20_000;

/** A table with no more pages than this is read as a whole as cheaply as through an index. */
const SMALL_PAGES = 16;

/**
 * The columns that a look-up by an index must name beside the shard: without them it walks the whole index, or, when a page
 * does not begin behind an id, all that was on the pages before it.
 */
const KEY_COLUMN: Readonly<Record<string, string | readonly string[]>> = {
  events_pkey: 'stream',
  events_by_position: 'position',
  reservations_pkey: 'reservation_id',
  reservations_by_user: ['user_id', 'reservation_id'],
  reservations_by_stage: ['stage', 'reservation_id'],
  reservations_by_transaction: ['transaction_id', 'reservation_id'],
  reservations_by_caller: ['caller', 'reservation_id'],
  reservations_by_reference: ['reference', 'reservation_id'],
  due_work_pkey: 'id',
  due_work_by_due_at: 'due_at',
  idempotency_keys_pkey: 'idempotency_key',
  subscriptions_pkey: 'name',
  api_keys_pkey: 'prefix',
};

/** Tables of one row for each shard. */
const SINGLE_ROWS: ReadonlySet<string> = new Set(['log_locks', 'store_moves', 'schema_migrations']);

const TABLES = ['events', 'reservations', 'due_work', 'idempotency_keys', 'subscriptions', 'api_keys'];

/** An id of the usual length, in no order. */
const idOf = (n: string): string => `'RES-' || md5((${n})::text)::uuid`;

const FILL = `
  insert into events select 0, ${idOf('n / 2')}, n % 2 + 1, (select coalesce(max(position), 0) from events) + n + 1,
    'event-' || n, 'command-' || n / 2, 'T', 1, '{}', '{}', 0 from generate_series(0, ${2 * ROWS - 1}) as n;
  insert into reservations select 0, ${idOf('n')}, 1, 'user_' || n % 500,
    case n % 100 when 0 then 'escalated' else 'confirmed' end, 'TXN-' || n % 5000,
    case n % 4 when 0 then null else 'shop-' || n % 4 end, 'order-' || n % 5000, '{}' from generate_series(1, ${ROWS}) as n;
  insert into due_work select 0, 'charge', ${idOf('n')}, n, 0, n, null, null from generate_series(1, ${ROWS}) as n;
  insert into idempotency_keys select 0, 'filling', 'key-' || n, 'body', ${idOf('n')}
    from generate_series(1, ${ROWS}) as n;
  insert into subscriptions select 0, 'filling-' || n, 0, null, 0, null, null from generate_series(1, ${ROWS}) as n;
  insert into api_keys select 0, 'filling-' || n, 'hash', 'name', 'scope', 0, null, null, null
    from generate_series(1, ${ROWS}) as n`;

const EMPTY = TABLES.map((table) => `delete from ${table}`).join(';');
const ANALYZE = `analyze ${TABLES.join(', ')}`;

/** As statistics of the moment in which a table was empty, and its pages not yet given back, would have it. */
const SAID_TO_BE_EMPTY = `update pg_class set reltuples = 0, relpages = greatest(relpages, 1)
  where relnamespace = 'public'::regnamespace and relkind in ('r', 'i')`;

/**
 * Each state follows from the one before it. Until it is said that they are, the tables are not vacuumed: what was
 * deleted stays in tables and indexes.
 */
const STATES: readonly (readonly [string, readonly string[]])[] = [
  ['empty', []],
  ['empty and analysed', [ANALYZE]],
  ['full, analysed while empty', [FILL]],
  ['full and analysed', [ANALYZE]],
  ['emptied, analysed while full', [EMPTY]],
  ['emptied and analysed', [ANALYZE]],
  ['full, analysed while emptied', [FILL]],
  ['full of live and dead rows, and analysed', [ANALYZE]],
  ['emptied, vacuumed and analysed', [EMPTY, `vacuum ${ANALYZE}`]],
  ['full, vacuumed and analysed while emptied', [FILL]],
  ['full, and said to be empty', [SAID_TO_BE_EMPTY]],
];

let database: TestDatabase;
let address: ExplainingAddress;
/** One of each state, with the plans that it made then, on a connection of its own. */
const stores: ReservationStore[] = [];

async function openStore(): Promise<ReservationStore> {
  // Not watched: the statements of its checks are not look-ups of the store.
  const store = await openPostgresStore({
    connectionString: address.url,
    poolMax: 1,
    schema: 'require',
    serving: false,
  });
  stores.push(store);
  return store;
}

beforeAll(async () => {
  database = await createDatabase(inject('postgresUrl'));
  await migratePostgres({ connectionString: database.url });
  await letAppendsExplain(database.url);
  for (const table of TABLES) await database.query(`alter table ${table} set (autovacuum_enabled = off)`);
  address = await startExplaining(database.url);
});
afterAll(async () => {
  for (const store of stores) await store.close();
  await address.stop();
  await database.drop();
});

/** Numbers the reservations that the look-ups work on. */
let count = 0;

/** Something that a store does, and the indexes that it may use. */
interface LookUp {
  readonly what: string;
  readonly indexes: readonly string[];
  /** Whether it may sort what it found. */
  readonly mayNotSort?: boolean;
  run(store: ReservationStore): Promise<unknown>;
}

const APPENDED_BY = ['events_by_position', 'events_pkey', 'due_work_pkey', 'idempotency_keys_pkey'];

/** Opens a reservation with a key and a payment, whose lease it returns. */
async function openReservation(store: ReservationStore): Promise<{ readonly n: number; readonly owner: string }> {
  count += 1;
  const [n, owner] = [count, `lease-${count}`];
  const work = { change: 'enqueue', ...exampleCharge(n), owner, openedAt: 1, leaseUntil: 1_000_000 } as const;
  const key = { kind: 'claim', scope: 'caller', key: `key-${n}`, fingerprint: 'body' } as const;
  const inlineWrites = { summary: exampleSummary(exampleId(n)), work, key };
  const append = exampleAppend(exampleId(n), { events: [exampleEvent(n)], commandId: `open-${n}`, inlineWrites });
  expect((await store.events.append(append)).kind).toBe('appended');
  return { n, owner };
}

const LISTS: readonly { readonly by: ListKey | null; readonly index: string }[] = [
  { by: null, index: 'reservations_pkey' },
  { by: { field: 'userId', value: 'user_7' }, index: 'reservations_by_user' },
  { by: { field: 'stage', value: 'escalated' }, index: 'reservations_by_stage' },
  { by: { field: 'transactionId', value: 'TXN-7' }, index: 'reservations_by_transaction' },
  { by: { field: 'caller', value: 'shop-1' }, index: 'reservations_by_caller' },
  { by: { field: 'reference', value: 'order-7' }, index: 'reservations_by_reference' },
];

const LOOK_UPS: readonly LookUp[] = [
  { what: 'an append that opens a reservation', indexes: APPENDED_BY, run: openReservation },
  {
    what: 'appends that end a payment, release one and its key, repeat a command, meet a conflict and a key that is taken',
    indexes: APPENDED_BY,
    async run(store) {
      const [one, other] = [await openReservation(store), await openReservation(store)];
      const removed = { change: 'remove', ...exampleCharge(one.n), onlyIfLeasedBy: one.owner } as const;
      const released = {
        change: 'release',
        ...exampleCharge(other.n),
        owner: other.owner,
        dueAt: 1_000_000,
        lastOutcome: 'unknown',
      } as const;
      const taken = { kind: 'claim', scope: 'caller', key: `key-${one.n}`, fingerprint: 'body' } as const;
      const freed = { kind: 'release', scope: 'caller', key: `key-${other.n}` } as const;
      const next = (n: number, commandId: string, inlineWrites: object, expected: 1 | 'none' = 1) =>
        exampleAppend(exampleId(n), {
          expected,
          commandId,
          events: [exampleEvent(100_000 + n)],
          inlineWrites: { ...NOTHING_ALONGSIDE, ...inlineWrites },
        });
      const results = await Promise.all([
        store.events.append(next(one.n, `end-${one.n}`, { work: removed })),
        store.events.append(next(other.n, `release-${other.n}`, { work: released, key: freed })),
        store.events.append(next(50_000 + one.n, `taken-${one.n}`, { key: taken }, 'none')),
      ]);
      expect(results.map(({ kind }) => kind)).toEqual(['appended', 'appended', 'key-taken']);
      const again = await store.events.append(next(one.n, `end-${one.n}`, { work: removed }));
      const late = await store.events.append(next(one.n, `late-${one.n}`, {}));
      expect([again.kind, late.kind]).toEqual(['appended', 'conflict']);
    },
  },
  {
    what: 'settlement takes payments and gives one back',
    indexes: ['due_work_by_due_at', 'due_work_pkey'],
    mayNotSort: true,
    async run({ work }) {
      count += 1;
      const owner = `worker-${count}`;
      const taken = await work.take({ kind: 'charge', owner, now: 900_000, leaseUntil: 1_000_000, limit: 10 });
      const id = taken[0]?.id ?? exampleId(0);
      await work.release({ kind: 'charge', id, owner, dueAt: 800_000, lastOutcome: 'unknown' });
    },
  },
  {
    what: 'pages of streams',
    indexes: ['events_pkey'],
    run: ({ events }) =>
      Promise.all([1, 2, 90_000].map((n) => events.readStream(exampleId(n), { after: 0, limit: 100 }))),
  },
  {
    what: 'pages of the log',
    indexes: ['events_by_position'],
    mayNotSort: true,
    // What the table was filled with has no checksum.
    run: ({ events }) => Promise.allSettled([0, 100, 1e9].map((after) => events.readAll({ after, limit: 100 }))),
  },
  {
    what: 'reservations of the view',
    indexes: ['reservations_pkey'],
    run: ({ view }) => Promise.all([1, 2, 90_000].map((n) => view.find(exampleId(n)))),
  },
  ...LISTS.flatMap(({ by, index }) =>
    (['asc', 'desc'] as const).map((order): LookUp => ({
      what: `lists by ${by?.field ?? 'id'}, ${order}`,
      indexes: [index, 'reservations_pkey'],
      // What the table was filled with is no row of a reservation.
      run: ({ view }) =>
        Promise.allSettled([null, exampleId(7)].map((after) => view.list({ by, order, after, limit: 20 }))),
    })),
  ),
  {
    what: 'the number of reservations in a stage',
    indexes: ['reservations_by_stage'],
    run: ({ view }) => view.count({ stage: 'escalated', max: 1_000 }),
  },
  {
    what: 'the reservations of a transaction',
    indexes: ['reservations_by_transaction', 'reservations_pkey'],
    run: ({ view }) => Promise.allSettled(['TXN-7', 'none'].map((id) => view.findByTransaction(id))),
  },
  {
    what: 'the holder of a key',
    indexes: ['idempotency_keys_pkey'],
    run: ({ view }) => Promise.all(['key-1', 'none'].map((key) => view.findByKey({ scope: 'caller', key }))),
  },
  {
    what: 'an API key',
    indexes: ['api_keys_pkey'],
    async run({ apiKeys }) {
      count += 1;
      const key = exampleApiKey(count);
      await apiKeys.insert(key);
      await apiKeys.find(key.prefix);
      await apiKeys.markUsed({ prefix: key.prefix, day: '2026-01-01' });
      await apiKeys.revoke({ prefix: key.prefix, at: 1 });
      await apiKeys.list({ after: key.prefix, limit: 10 });
    },
  },
  {
    what: 'a subscription',
    indexes: ['subscriptions_pkey'],
    async run({ subscriptions }) {
      count += 1;
      const held = { name: `reader-${count}`, owner: 'reader' };
      await subscriptions.acquire({ ...held, startAfter: 0, now: 1, leaseUntil: 10 });
      await subscriptions.advance({ ...held, position: 1, leaseUntil: 20 });
      await subscriptions.stop({ ...held, position: 2, reason: 'a test' });
      await subscriptions.resume({ name: held.name, skip: null });
    },
  },
];

/** Pages of each table at this moment. */
async function pagesOfTables(): Promise<ReadonlyMap<string, number>> {
  const rows = await database.query<{ readonly name: string; readonly pages: number }>(
    `select relname as name, (pg_relation_size(oid) / 8192)::integer as pages from pg_class
     where relkind = 'r' and relnamespace = 'public'::regnamespace`,
  );
  return new Map(rows.map(({ name, pages }) => [name, pages]));
}

/** What is wrong with the plans by which a store does something. */
async function wrongPlans(
  store: ReservationStore,
  { what, indexes, mayNotSort, run }: LookUp,
  pages: ReadonlyMap<string, number>,
): Promise<string[]> {
  address.takeStatements();
  await run(store);
  const statements = address.takeStatements();
  // Each look-up reads at least one of our tables.
  expect(statements.flatMap(({ nodes }) => nodes.filter((node) => isScan(node['Node Type']))).length).toBeGreaterThan(
    0,
  );
  return statements.flatMap(({ text, nodes }) =>
    nodes
      .filter((node) => {
        const { 'Node Type': type, 'Relation Name': table, 'Index Name': index, 'Index Cond': condition = '' } = node;
        // The end of the log is the first entry of its index from behind.
        if (index === 'events_by_position' && node['Scan Direction'] === 'Backward') return !indexes.includes(index);
        if (type === 'Sort') return mayNotSort === true;
        if (!isScan(type) || (table !== undefined && SINGLE_ROWS.has(table))) return false;
        if (type === 'Seq Scan') return (pages.get(table ?? '') ?? Infinity) > SMALL_PAGES;
        if (type === 'Bitmap Heap Scan') return false;
        const isNamed = [KEY_COLUMN[index ?? ''] ?? 'no such column'].flat().every((each) => condition.includes(each));
        return !(isNamed && (indexes.includes(index ?? '') || index === 'log_locks_pkey'));
      })
      .map(
        (node) => `${what}: ${node['Node Type']} ${node['Index Name'] ?? ''} ${node['Index Cond'] ?? ''} of ${text}`,
      ),
  );
}

/** Nodes that read a table or an index. */
function isScan(type: string): boolean {
  return ['Seq Scan', 'Index Scan', 'Index Only Scan', 'Bitmap Index Scan', 'Bitmap Heap Scan'].includes(type);
}

describe('look-ups on PostgreSQL go by the index that is meant for them', () => {
  test.each(STATES)('when the tables are %s', async (_, statements) => {
    for (const statement of statements) await database.query(statement);
    await openStore();
    const pages = await pagesOfTables();
    const wrong = new Set<string>();
    // Those that were opened before go on with the plans that they made then.
    for (const store of stores) {
      for (const lookUp of LOOK_UPS) for (const each of await wrongPlans(store, lookUp, pages)) wrong.add(each);
    }
    expect([...wrong]).toEqual([]);
  });
});

describe('a function that goes through an index in its order', () => {
  test('has no other plan to choose from', async () => {
    const functions = await database.query<{ readonly name: string; readonly settings: readonly string[] }>(
      "select proname as name, proconfig as settings from pg_proc where pronamespace = 'public'::regnamespace order by 1",
    );
    expect(functions.map(({ name }) => name)).toEqual(['append_group', 'list_reservations', 'log_page', 'take_work']);
    for (const { settings } of functions) {
      const off = ['bitmapscan', 'seqscan', 'sort'].map((kind) => `enable_${kind}=off`);
      expect(settings).toEqual(expect.arrayContaining(['plan_cache_mode=force_generic_plan', ...off]));
    }
  });
});
