import { describe, expect, test } from 'vitest';
import { NOT_SENT, type Service, startService } from '../service-fixture.ts';
import { readCursor, writeCursor } from './cursor.ts';

const REQUEST = { user_id: 'ada', amount: 10.5 };

interface Page {
  readonly ids: readonly string[];
  readonly next: string | null;
}

async function list(service: Service, query = ''): Promise<Page> {
  const { status, body } = await service.request(`/reservations${query}`);
  expect(status).toBe(200);
  const { reservations, next } = body as { reservations: { reservation_id: string }[]; next: string | null };
  return { ids: reservations.map(({ reservation_id }) => reservation_id), next };
}

async function make(service: Service, ...bodies: readonly object[]): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const body of bodies) {
    const { headers } = await service.post({ ...REQUEST, ...body });
    ids.push(String(headers.get('location')).slice('/reservations/'.length));
  }
  return ids;
}

describe('a list of reservations', () => {
  test('is empty at first, and then has them as they are shown, in the order of their creation', async () => {
    const service = await startService();
    expect((await service.request('/reservations')).body).toEqual({ reservations: [], next: null });
    const made = await service.post({ ...REQUEST, reference: 'order-1' });
    const [second] = await make(service, {});
    const { headers, body } = await service.request('/reservations');
    expect(body).toEqual({
      reservations: [made.body, expect.objectContaining({ reservation_id: second })],
      next: null,
    });
    expect(headers.get('cache-control')).toBe('private, no-cache');
  });

  test('goes on behind its cursor, and misses and repeats nothing that is made meanwhile', async () => {
    const service = await startService();
    const first = await make(service, {}, {}, {}, {}, {});
    const seen: string[] = [];
    let query = '?limit=2';
    const later: string[] = [];
    for (;;) {
      const page = await list(service, query);
      seen.push(...page.ids);
      if (later.length < 2) later.push(...(await make(service, {})));
      if (page.next === null) break;
      query = `?limit=2&after=${page.next}`;
    }
    expect(seen).toEqual([...first, ...later]);
  });

  test('has the newest first, and nothing that is made meanwhile repeats or hides an older one', async () => {
    const service = await startService();
    const first = await make(service, {}, {}, {}, {}, {});
    const seen: string[] = [];
    let query = '?order=desc&limit=2';
    for (;;) {
      const page = await list(service, query);
      seen.push(...page.ids);
      await make(service, {});
      if (page.next === null) break;
      query = `?order=desc&limit=2&after=${page.next}`;
    }
    expect(seen).toEqual(first.toReversed());
    expect((await list(service, '?order=asc')).ids.slice(0, 5)).toEqual(first);
  });

  test('refuses the cursor of the other order', async () => {
    const service = await startService();
    await make(service, {}, {});
    for (const [order, other] of [
      ['asc', 'desc'],
      ['desc', 'asc'],
      ['desc', undefined],
    ] as const) {
      const { next } = await list(service, `?order=${order}&limit=1`);
      const { status, body } = await service.request(
        `/reservations?after=${next}${other === undefined ? '' : `&order=${other}`}`,
      );
      expect([status, body['detail']]).toEqual([
        422,
        [
          {
            loc: ['query', 'after'],
            type: 'value_error',
            msg: 'Value error, after should be the next of a page in the same order',
          },
        ],
      ]);
      expect((await list(service, `?after=${next}&order=${order}`)).ids).toHaveLength(1);
    }
  });

  test('has what meets every condition', async () => {
    const service = await startService();
    const [a, b] = await make(service, { reference: 'r-1' }, { user_id: 'bob', reference: 'r-1' });
    service.payment(NOT_SENT);
    const [c] = await make(service, { reference: 'r 2/ü' });
    for (const [query, ids] of [
      ['?user_id=bob', [b]],
      ['?user_id=b', []],
      ['?reference=r-1', [a, b]],
      [`?reference=${encodeURIComponent('r 2/ü')}`, [c]],
      ['?reference=r-1&user_id=ada', [a]],
      ['?status=RESERVATION_FAILED', [c]],
      ['?status=RESERVATION_CONFIRMED&user_id=ada', [a]],
      ['?transaction_id=TXN-1', [a, b]],
      ['?transaction_id=TXN-1&user_id=bob', [b]],
      ['?transaction_id=TXN-2', []],
    ] as const) {
      expect([query, (await list(service, query)).ids]).toEqual([query, ids]);
      const newest = await list(service, `${query}&order=desc`);
      expect([query, newest.ids]).toEqual([query, ids.toReversed()]);
    }
  });

  test.each([
    ['?sort=asc', 'sort', 'extra_forbidden'],
    ['?order=newest', 'order', 'value_error'],
    ['?order=ASC', 'order', 'value_error'],
    ['?order=', 'order', 'value_error'],
    ['?order=asc&order=desc', 'order', 'value_error'],
    ['?user_id=', 'user_id', 'string_too_short'],
    ['?user_id=a&user_id=b', 'user_id', 'value_error'],
    ['?reference=%00', 'reference', 'value_error'],
    [`?reference=${'x'.repeat(1_001)}`, 'reference', 'string_too_long'],
    ['?status=CONFIRMED', 'status', 'value_error'],
    ['?status=toString', 'status', 'value_error'],
    ['?limit=0', 'limit', 'value_error'],
    ['?limit=201', 'limit', 'value_error'],
    ['?limit=1.5', 'limit', 'int_parsing'],
    ['?limit=-1', 'limit', 'int_parsing'],
    ['?after=RES-01997e0c-8a3f-7cc0-8000-5be2a1f0c6d4', 'after', 'value_error'],
    [`?after=${Buffer.from('RES-01997e0c-8a3f-7cc0-8000-5be2a1f0c6d4').toString('base64url')}`, 'after', 'value_error'],
    ['?after=', 'after', 'value_error'],
  ])('%.40s is a 422', async (query, name, type) => {
    const service = await startService();
    const { status, body } = await service.request(`/reservations${query}`);
    expect([status, body['detail']]).toEqual([422, [{ loc: ['query', name], type, msg: expect.any(String) }]]);
  });

  test('characters outside of the basic plane count once', async () => {
    const service = await startService();
    expect((await list(service, `?reference=${encodeURIComponent('😀'.repeat(1_000))}`)).ids).toEqual([]);
    const { status } = await service.request(`/reservations?reference=${encodeURIComponent('😀'.repeat(1_001))}`);
    expect(status).toBe(422);
  });

  test('is short when its reservations have much metadata, and goes on behind the last of them', async () => {
    const service = await startService();
    const metadata = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`key ${n}`, 'x'.repeat(500)]));
    const made: unknown[] = [];
    for (let n = 0; n < 30; n += 1) {
      made.push((await service.post({ user_id: 'ada', amount: 1, metadata })).body['reservation_id']);
    }
    const first = await list(service, '?limit=200');
    // 27 of 10,000 characters are the first above 256 Ki.
    expect(first.ids).toEqual(made.slice(0, 27));
    const rest = await list(service, `?limit=200&after=${String(first.next)}`);
    expect([rest.ids, rest.next]).toEqual([made.slice(27), null]);
  });

  test('names every fault of its query', async () => {
    const service = await startService();
    const { body } = await service.request('/reservations?limit=x&status=y&after=z');
    expect((body['detail'] as { loc: string[] }[]).map(({ loc }) => loc[1])).toEqual(['status', 'limit', 'after']);
    const { body: other } = await service.request('/reservations?order=x&status=y&after=z');
    // Without an order there is none that a cursor could belong to.
    expect((other['detail'] as { loc: string[] }[]).map(({ loc }) => loc[1])).toEqual(['status', 'order']);
  });
});

test('a cursor is read back, and nothing else is one', () => {
  const id = 'RES-01997e0c-8a3f-7cc0-8000-5be2a1f0c6d4' as Parameters<typeof writeCursor>[1];
  const [cursor, newest] = [writeCursor('asc', id), writeCursor('desc', id)];
  expect([readCursor('asc', cursor), readCursor('desc', newest)]).toEqual([id, id]);
  expect([readCursor('desc', cursor), readCursor('asc', newest)]).toEqual([null, null]);
  for (const other of [
    id,
    `${cursor}=`,
    `${cursor} `,
    cursor.slice(1),
    Buffer.from(`made:${id}`).toString('base64url'),
  ])
    expect([readCursor('asc', other), readCursor('desc', other)]).toEqual([null, null]);
});
