import { expect, test } from 'vitest';
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

test('a position that the log does not have is refused', async () => {
  const { server } = await startService();
  const events = createClient({ baseUrl: server.url }).events({ after: 1_000_000 });
  await expect(events.next()).rejects.toMatchObject({
    code: 'validation_failed',
    faults: [{ loc: ['query', 'after'] }],
  });
});
