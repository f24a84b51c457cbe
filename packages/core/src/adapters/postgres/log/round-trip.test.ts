import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { ReservationSummary } from '../../../domain/reservation/summary.ts';
import type { AppendRequest, AppendResult, RecordedEvent } from '../../../ports/event-store.ts';
import type { ReservationStore } from '../../../ports/reservation-store.ts';
import { exampleAppend, exampleCharge, exampleEvent, exampleId, exampleSummary } from '../../../testing/builders.ts';
import { migratePostgres, openPostgresStore } from '../index.ts';
import { type TestProxy, startTestProxy } from '../test-proxy.ts';
import { createTestSchemas, schemaOf, type TestSchemas } from '../test-support.ts';

let schemas: TestSchemas;
let proxy: TestProxy;
let store: ReservationStore;

beforeAll(async () => {
  schemas = await createTestSchemas(inject('postgresUrl'));
  const url = await schemas.newSchema();
  // Beside the proxy, so that it counts nothing of it.
  await migratePostgres({ connectionString: url });
  proxy = await startTestProxy(url);
  // Not watched: its checks would be counted as messages.
  store = await openPostgresStore({ connectionString: proxy.url, serving: false });
});

afterAll(async () => {
  await store.close();
  await proxy.stop();
  await schemas.database.drop();
});

/** Opens the n-th reservation with all that can stand beside it. */
function open(n: number): AppendRequest {
  const work = { change: 'enqueue', ...exampleCharge(n), owner: `lease-${n}`, openedAt: 1, leaseUntil: 2 } as const;
  const key = { kind: 'claim', scope: 'caller', key: `key-${n}`, fingerprint: 'body' } as const;
  return exampleAppend(exampleId(n), {
    events: [exampleEvent(n), exampleEvent(n + 10_000)],
    inlineWrites: { summary: exampleSummary(exampleId(n)), work, key },
  });
}

/** What `work` costs: the types of the messages that clients sent meanwhile. */
async function messagesOf(work: () => Promise<unknown>): Promise<string> {
  proxy.takeMessages();
  await work();
  return proxy
    .takeMessages()
    .map(({ type }) => type)
    .join('');
}

/** Parse, bind, describe, execute and sync, in one go: the server answers once. */
const ONE_ROUND_TRIP = 'PBDES';

describe('an append on PostgreSQL', () => {
  test('is one round trip', async () => {
    expect(await messagesOf(() => store.events.append(open(1)))).toBe(ONE_ROUND_TRIP);
  });

  test('sends little more than what it stores, and the answer of a group is as short as that of one', async () => {
    const bytesOf = async (
      count: number,
      first: number,
    ): Promise<{ readonly sent: number; readonly answered: number }> => {
      proxy.takeMessages();
      proxy.takeAnsweredBytes();
      await Promise.all(Array.from({ length: count }, (_, index) => store.events.append(open(first + index))));
      const sent = proxy.takeMessages().reduce((sum, { bytes }) => sum + bytes.length, 0);
      return { sent, answered: proxy.takeAnsweredBytes() };
    };
    // On a machine under load the pool's connection may have idled to its end.
    await store.events.lastPosition();
    const [one, fifty] = [await bytesOf(1, 20_000), await bytesOf(50, 20_100)];
    // Two events, the view's row, the queue's row and a key are 1.4 kB. The answer is the last position.
    expect(one.sent).toBeLessThan(1_700);
    expect(fifty.sent).toBeLessThan(50 * 1_550);
    expect(Math.max(one.answered, fifty.answered)).toBeLessThan(120);
  });

  test('shares one round trip with all that are asked for in the same turn, each with its own outcome', async () => {
    const requests = Array.from({ length: 200 }, (_, index) => open(100 + index));
    const late = exampleAppend(exampleId(1), { commandId: 'late', events: [exampleEvent(1), exampleEvent(2)] });
    const before = await store.events.lastPosition();
    let results: readonly AppendResult[] = [];
    const messages = await messagesOf(async () => {
      const asked = [...requests.slice(0, 100), late, ...requests.slice(100)];
      results = await Promise.all(asked.map((request) => store.events.append(request)));
    });
    expect(messages).toBe(ONE_ROUND_TRIP);
    expect(results[100]).toMatchObject({ kind: 'conflict', actual: 2 });
    // Those behind the refused one have the positions that follow, in the answers as in the log.
    const appended = results.filter(({ kind }) => kind === 'appended');
    expect(appended).toEqual(
      requests.map((_, index) => ({ kind: 'appended', version: 2, position: before + 2 * (index + 1) })),
    );
    const stored = await store.events.readAll({ after: before, limit: 1_000 });
    expect(stored.map(({ stream, version }) => ({ stream, version }))).toEqual(
      requests.flatMap(({ stream }) => [1, 2].map((version) => ({ stream, version }))),
    );
  });

  test('travels, while a commit is under way, with all others in the next one', async () => {
    const messages = await messagesOf(async () => {
      const first = store.events.append(open(1_000));
      await new Promise<void>((resolve) => setImmediate(resolve));
      const others = Array.from({ length: 50 }, (_, index) => store.events.append(open(1_001 + index)));
      await Promise.all([first, ...others]);
    });
    expect(messages).toBe(ONE_ROUND_TRIP + ONE_ROUND_TRIP);
  });

  test('that meets a conflict brings the version and the missed events in the same round trip', async () => {
    const late = exampleAppend(exampleId(1), { expected: 1, commandId: 'late' });
    const ahead = exampleAppend(exampleId(1), { expected: Number.MAX_SAFE_INTEGER - 1, commandId: 'ahead' });
    for (const [request, missed] of [
      [late, [{ version: 2 }]],
      [ahead, []],
    ] as const) {
      const messages = await messagesOf(async () => {
        expect(await store.events.append(request)).toMatchObject({ kind: 'conflict', actual: 2, missed });
      });
      expect(messages).toBe(ONE_ROUND_TRIP);
    }
  });

  test('leaves no statement prepared and no session changed, as a pooler of transactions needs it', async () => {
    proxy.takeMessages();
    await store.events.append(open(3_000));
    await store.view.find(exampleId(3_000));
    await store.work.take({ kind: 'charge', owner: 'worker', now: 1, leaseUntil: 2, limit: 1 });
    const parsed = proxy.takeMessages().filter(({ type }) => type === 'P');
    expect(parsed).toHaveLength(3);
    // The name of a statement stands before the first zero byte.
    expect(parsed.map(({ body }) => body.indexOf('\0'))).toEqual([0, 0, 0]);
    expect(parsed.map(({ body }) => /\bset (?!owner|"owner")|listen|advisory|declare/i.exec(body)?.[0])).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('the look-ups of appends', () => {
  test('go by keys only, though their plans were made while the tables were empty', async () => {
    const connectionString = await schemas.newSchema();
    const schema = schemaOf(connectionString);
    const fresh = await openPostgresStore({ connectionString, poolMax: 1 });
    for (let n = 1; n <= 1_000; n += 100) {
      const numbers = Array.from({ length: 100 }, (_, index) => n + index);
      await Promise.all(numbers.map((number) => fresh.events.append(open(number))));
      await Promise.all(
        numbers.map((number) => {
          const work = { change: 'remove', ...exampleCharge(number), onlyIfLeasedBy: `lease-${number}` } as const;
          const inlineWrites = { summary: exampleSummary(exampleId(number)), work, key: { kind: 'keep' } as const };
          return fresh.events.append(
            exampleAppend(exampleId(number), { expected: 2, commandId: 'second', inlineWrites }),
          );
        }),
      );
    }
    await fresh.close();
    const usedIndexes = async (): Promise<readonly unknown[]> => {
      const rows = await schemas.database.query(
        `select indexrelname as index from pg_stat_user_indexes
         where schemaname = $1 and idx_scan > 0 and relname not in ('schema_migrations', 'store_moves') order by 1`,
        [schema],
      );
      return rows.map(({ index }) => index);
    };
    // The counts of a connection are complete once the server has seen its end.
    await expect
      .poll(usedIndexes, { timeout: 10_000 })
      .toEqual([
        'due_work_pkey',
        'events_by_position',
        'events_pkey',
        'idempotency_keys_pkey',
        'log_locks_pkey',
        'reservations_pkey',
      ]);
    const scanned = await schemas.database.query(
      "select relname from pg_stat_user_tables where schemaname = $1 and seq_tup_read > 0 and relname not in ('schema_migrations', 'store_moves')",
      [schema],
    );
    expect(scanned).toEqual([]);
    // The last position is the end of its index, and not found by reading all of it.
    const positions = await schemas.database.query(
      `select idx_tup_read <= idx_scan as "one each" from pg_stat_user_indexes
       where schemaname = $1 and indexrelname = 'events_by_position'`,
      [schema],
    );
    expect(positions).toEqual([{ 'one each': true }]);
  });
});

describe('reads on PostgreSQL that are asked for in the same turn', () => {
  const ids = Array.from({ length: 50 }, (_, index) => exampleId(5_000 + index));

  test('share one round trip: streams, each with its own page', async () => {
    await Promise.all(ids.map((_, index) => store.events.append(open(5_000 + index))));
    let pages: readonly (readonly RecordedEvent[])[] = [];
    const messages = await messagesOf(async () => {
      pages = await Promise.all(
        ids.map((id, index) => store.events.readStream(id, { after: index % 3, limit: 1 + (index % 2) })),
      );
    });
    expect(messages).toBe(ONE_ROUND_TRIP);
    const versions = (index: number): readonly number[] =>
      [1, 2].filter((version) => version > index % 3).slice(0, 1 + (index % 2));
    expect(pages.map((page) => page.map(({ stream, version }) => ({ stream, version })))).toEqual(
      ids.map((stream, index) => versions(index).map((version) => ({ stream, version }))),
    );
  });

  test('share one round trip: reservations of the view, also one twice and one that is not there', async () => {
    const asked = [...ids.slice(0, 3), exampleId(9_999), ...ids.slice(0, 1)];
    let found: readonly (ReservationSummary | null)[] = [];
    const messages = await messagesOf(async () => {
      found = await Promise.all(asked.map((id) => store.view.find(id)));
    });
    expect(messages).toBe(ONE_ROUND_TRIP);
    expect(found.map((row) => row?.reservationId ?? null)).toEqual([...ids.slice(0, 3), null, ids[0]]);
  });
});
