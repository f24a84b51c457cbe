import { expect, test } from 'vitest';
import { SCOPE_NAMES } from '../auth/scopes.ts';
import { startService } from '../http/service-fixture.ts';
import { createClient, type WireStreamedEvent } from './index.ts';

const REQUEST = { user_id: 'ada', amount: 10.5 };

test('events of a server: those that are there, then those that come, over cut connections, each once', async () => {
  const { server } = await startService();
  const cut = new AbortController();
  let connections = 0;
  const client = createClient({
    baseUrl: server.url,
    // The first connection is cut by the test.
    fetch: async (input, init) => {
      connections += 1;
      const signals = [init?.signal, connections === 1 ? cut.signal : null].filter(
        (signal) => signal instanceof AbortSignal,
      );
      return await fetch(input, { ...init, signal: AbortSignal.any(signals) });
    },
  });
  const writer = createClient({ baseUrl: server.url });
  const made = [(await writer.create(REQUEST)).reservationId];
  const seen: WireStreamedEvent[] = [];
  for await (const event of client.events({ after: 0 })) {
    seen.push(event);
    if (seen.length === 2) {
      cut.abort();
      made.push((await writer.create(REQUEST)).reservationId);
    }
    if (seen.length === 3) made.push((await writer.create(REQUEST)).reservationId);
    if (seen.length === 6) break;
  }
  expect([
    connections,
    seen.map(({ reservation_id, version, type }) => `${reservation_id} ${version} ${type}`),
  ]).toEqual([2, made.flatMap((id) => [`${id} 1 RESERVATION_CREATED`, `${id} 2 RESERVATION_CONFIRMED`])]);
  expect(seen.slice(0, 2)).toMatchObject(await client.history(made[0] ?? ''));
});

test('a stream that ends with its token goes on with the next one, and ends when there is no other', async () => {
  const valid = new Set(['one', 'two']);
  const { server } = await startService({
    auth: ({ token }) =>
      Promise.resolve(
        valid.has(token ?? '')
          ? { kind: 'authenticated', principal: { kind: 'jwt', subject: 'ada', scopes: SCOPE_NAMES }, validForMs: 0 }
          : { kind: 'refused', reason: 'expired' },
      ),
  });
  const held = ['one', 'two', 'three'];
  const client = createClient({ baseUrl: server.url, token: () => held.shift() ?? 'none' });
  const writer = createClient({ baseUrl: server.url, token: 'two' });
  const made: string[] = [];
  const make = async (): Promise<unknown> => made.push((await writer.create(REQUEST)).reservationId);
  await make();
  const seen: string[] = [];
  const reading = async (): Promise<void> => {
    for await (const { reservation_id: id, version } of client.events({ after: 0 })) {
      seen.push(`${id} ${version}`);
      if (seen.length === 2) valid.delete('one');
      if (seen.length === 2) await make();
      if (seen.length === 4) valid.delete('two');
    }
  };
  await expect(reading()).rejects.toMatchObject({ status: 401, code: 'unauthenticated' });
  expect(seen).toEqual(made.flatMap((id) => [`${id} 1`, `${id} 2`]));
});

test('a position that the log does not have is refused', async () => {
  const { server } = await startService();
  const events = createClient({ baseUrl: server.url }).events({ after: 1_000_000 });
  await expect(events.next()).rejects.toMatchObject({
    code: 'validation_failed',
    faults: [{ loc: ['query', 'after'] }],
  });
});
