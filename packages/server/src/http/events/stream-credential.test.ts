import { createMemoryStore } from '@reservations/core/memory';
import { createApiKey, revokeApiKey } from '@reservations/core/operations';
import { ReservationError } from '@reservations/core';
import { describe, expect, test } from 'vitest';
import { apiKeyAuthenticator } from '../../auth/api-key-authenticator.ts';
import type { Authentication, Authenticator } from '../../auth/authenticator.ts';
import { SCOPE_NAMES } from '../../auth/scopes.ts';
import { memoryLog } from '../../observe/memory-log-fixture.ts';
import { type Service, startService } from '../service-fixture.ts';
import { openStream, type StreamClient } from './stream-fixture.ts';

const REQUEST = { user_id: 'user_123', amount: 10.5 };

/** How a stream ends that ends in good order: the hint, the last chunk, and the end of the connection. */
const GOOD_END = /retry: 2000\n\n\r\n0\r\n\r\n$/;

/** A service with keys that are remembered for a moment only. */
async function guarded(auth?: Authenticator) {
  const { logger, lines } = memoryLog();
  const store = createMemoryStore();
  const refusals: string[] = [];
  const requests = {
    connections: () => undefined,
    connectionRefused: () => undefined,
    begun: () => undefined,
    ended: () => undefined,
    streams: () => undefined,
    streamRefused: (refusal: string) => void refusals.push(refusal),
  };
  const authenticator = auth ?? apiKeyAuthenticator({ store, cacheMs: 20 });
  const service = await startService({ store, logger, requests, auth: authenticator });
  return { ...service, store, lines, refusals };
}

async function statusOf(service: Service, path: string, headers: Record<string, string>): Promise<number> {
  return (await service.request(path, { headers: { Accept: 'text/event-stream', ...headers } })).status;
}

/** Opens both streams of a reservation that the sender has made. */
async function openBoth(service: Service, headers: Record<string, string>): Promise<Record<string, StreamClient>> {
  const { body } = await service.post(REQUEST, headers);
  const paths = ['/events?after=0', `/reservations/${String(body['reservation_id'])}/events`];
  const streams = paths.map((path) => [path, openStream(service.server.port, path, headers)] as const);
  for (const [, stream] of streams) await stream.has(/id: 2\n/);
  return Object.fromEntries(streams);
}

describe('an open stream ends in good order when its API key', () => {
  test('is revoked, and the next one is not let in', async () => {
    const service = await guarded();
    const { key } = await createApiKey(service.store, { name: 'shop', scopes: SCOPE_NAMES });
    const other = await createApiKey(service.store, { name: 'shop', scopes: SCOPE_NAMES });
    const headers = { Authorization: `Bearer ${key}` };
    const streams = await openBoth(service, headers);
    const lasting = openStream(service.server.port, '/events', { Authorization: `Bearer ${other.key}` });
    await lasting.has(/:\n\n/);
    await revokeApiKey(service.store, key.slice(0, 12));
    for (const [path, stream] of Object.entries(streams)) {
      await stream.closed;
      expect(stream.received(), path).toMatch(GOOD_END);
      expect(await statusOf(service, path, headers), path).toBe(401);
    }
    await service.post(REQUEST, { Authorization: `Bearer ${other.key}` });
    await lasting.has(/id: 4\n/);
    for (const route of ['/events', '/reservations/:reservation_id/events']) {
      const line: unknown = expect.objectContaining({ route, status: 200, refusal: 'revoked' });
      await expect.poll(() => service.lines()).toContainEqual(line);
    }
    expect(JSON.stringify(service.lines())).not.toContain(key.slice(13));
  });

  test('has expired', async () => {
    const expiresAt = Date.now() + 3_600_000;
    let nowMs = expiresAt - 1;
    const store = createMemoryStore();
    const clock = { now: () => nowMs, monotonicMs: () => performance.now() };
    const service = await startService({ store, auth: apiKeyAuthenticator({ store, cacheMs: 20, clock }) });
    const { key } = await createApiKey(store, { name: 'shop', scopes: SCOPE_NAMES, expiresAt });
    const headers = { Authorization: `Bearer ${key}` };
    const streams = await openBoth(service, headers);
    nowMs += 1;
    for (const [path, stream] of Object.entries(streams)) {
      await stream.closed;
      expect(stream.received(), path).toMatch(GOOD_END);
      expect(await statusOf(service, path, headers), path).toBe(401);
    }
  });
});

describe('an open stream', () => {
  /** An authenticator that answers once with the first of these, then with the second. */
  function changing(then: () => Promise<Authentication>): Authenticator {
    let isFirst = true;
    const principal = { kind: 'jwt', subject: 'ada', scopes: SCOPE_NAMES } as const;
    return () => {
      if (!isFirst) return then();
      isFirst = false;
      return Promise.resolve({ kind: 'authenticated', principal, validForMs: 0 });
    };
  }
  const authenticated = (principal: object) => () =>
    Promise.resolve({ kind: 'authenticated', principal, validForMs: 0 } as Authentication);

  test.each<[string, () => Promise<Authentication>, string]>([
    ['lacks the scope', authenticated({ kind: 'jwt', subject: 'ada', scopes: ['ops:write'] }), 'insufficient_scope'],
    ['is another principal', authenticated({ kind: 'jwt', subject: 'eve', scopes: SCOPE_NAMES }), 'invalid'],
    [
      'sees less than it did',
      authenticated({ kind: 'jwt', subject: 'ada', scopes: ['ops:read', 'reservations:read'] }),
      'invalid',
    ],
    ['is a fault of the authenticator', () => Promise.reject(new Error('a fault')), 'unavailable'],
  ])('ends when its credential %s', async (_what, then, refusal) => {
    const service = await guarded(changing(then));
    const stream = openStream(service.server.port, '/events');
    await stream.closed;
    expect(stream.received()).toMatch(GOOD_END);
    await expect.poll(() => service.lines()).toContainEqual(expect.objectContaining({ status: 200, refusal }));
    expect(service.refusals).toEqual([refusal]);
  });

  test('goes on while its credential cannot be checked', async () => {
    let checks = 0;
    const away = (): Promise<Authentication> => {
      checks += 1;
      return Promise.reject(new ReservationError('STORE_UNAVAILABLE', 'away'));
    };
    const service = await guarded(changing(away));
    const stream = openStream(service.server.port, '/events');
    await expect.poll(() => checks).toBe(1);
    expect(stream.received()).not.toContain('retry');
    expect(stream.socket.readableEnded).toBe(false);
  });
});
