import { createMemoryStore } from '@reservations/core/memory';
import type { ReservationStore } from '@reservations/core';
import { describe, expect, test } from 'vitest';
import { openStream } from '../events/stream-fixture.ts';
import type { LIST_PARAMETERS } from '../reservations/list-request.ts';
import { parseRaw, sendRaw, type Service, startService } from '../service-fixture.ts';
import { OPERATION_NAMES, OPERATIONS } from '../wire/operations.ts';
import {
  type AuthMode,
  AUTH_MODES,
  CLIENT_SCOPES,
  type CredentialHeaders,
  openApiKeys,
  openTokens,
} from './auth-modes-fixture.ts';

/** Makes the status one of another machine. */
const FROM_ELSEWHERE = { 'X-Forwarded-For': '192.0.2.1' };

const RESERVATION = { user_id: 'ada_lovelace', amount: 417.31, reference: 'order-4711', metadata: { room: 'tower' } };

/** What answers show of a reservation, beside its id. */
const MARKS = ['ada_lovelace', 'order-4711', 'tower', '417.31'];

interface Owned extends Service, AuthMode {
  /** Credentials of the one who made the reservation. */
  readonly owner: CredentialHeaders;
  readonly id: string;
  readonly etag: string;
}

async function owned(open: (store: ReservationStore) => Promise<AuthMode>): Promise<Owned> {
  const store = createMemoryStore();
  const mode = await open(store);
  const service = await startService({
    store,
    auth: mode.auth,
    status: { access: 'on', read: () => ({ status: 'ok' }) as never },
  });
  const owner = await mode.credential('shop', ...CLIENT_SCOPES);
  const { status, body } = await service.post(RESERVATION, owner);
  expect(status).toBe(200);
  const id = String(body['reservation_id']);
  return { ...service, ...mode, owner, id, etag: `"v${Number(body['version'])}"` };
}

/** The whole answer, byte by byte. */
async function raw({ server }: Service, method: string, path: string, headers: CredentialHeaders): Promise<string> {
  const lines = Object.entries({ Host: 'a', Connection: 'close', ...headers }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  return await sendRaw(server.port, `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`);
}

describe.each(AUTH_MODES)('with %s', (_, open) => {
  test.each(OPERATION_NAMES)(
    '%s shows no data without a valid credential, nor with one that permits nothing',
    async (name) => {
      const service = await owned(open);
      const { path, method, scope } = OPERATIONS[name];
      const target = path.replace('{reservation_id}', service.id).replace('{file}', 'swagger-ui.css');
      const none = await service.credential('idle', 'ops:write');
      for (const accept of ['application/json', 'text/event-stream']) {
        for (const headers of [...service.refused, none]) {
          const answer = await raw(service, method.toUpperCase(), target, {
            ...FROM_ELSEWHERE,
            Accept: accept,
            'Last-Event-ID': '0',
            ...headers,
          });
          const { status } = parseHead(answer);
          if (scope !== null) expect(status, target).toBe(headers === none ? 403 : 401);
          else expect(status, target).toBe(200);
          for (const mark of MARKS) expect(answer, target).not.toContain(mark);
        }
      }
      expect(service.charged).toEqual(['ada_lovelace']);
    },
  );

  /** Requests about one reservation. */
  const ABOUT: readonly (readonly [
    what: string,
    method: string,
    suffix: string,
    headers: (etag: string) => CredentialHeaders,
  ])[] = [
    ['GET', 'GET', '', () => ({})],
    ['HEAD', 'HEAD', '', () => ({})],
    ['GET with its ETag', 'GET', '', (etag) => ({ 'If-None-Match': etag })],
    ['GET with any ETag', 'GET', '', () => ({ 'If-None-Match': '*' })],
    ['HEAD with its ETag', 'HEAD', '', (etag) => ({ 'If-None-Match': etag })],
    ['its history', 'GET', '/events', () => ({})],
    ['its history behind a place', 'GET', '/events?after=1', () => ({})],
    ['its history behind no place', 'GET', '/events?after=99', () => ({})],
    ['its history with HEAD', 'HEAD', '/events', () => ({})],
    ['its stream', 'GET', '/events', () => ({ Accept: 'text/event-stream' })],
    ['its stream behind a place', 'GET', '/events', () => ({ Accept: 'text/event-stream', 'Last-Event-ID': '1' })],
    ['a problem document', 'GET', '', () => ({ Accept: 'application/problem+json' })],
  ];

  test.each(ABOUT)(
    '%s of another is answered as an unknown id is, byte by byte',
    async (_what, method, suffix, headersOf) => {
      const service = await owned(open);
      const headers = headersOf(service.etag);
      const other = await service.credential('shop2', ...CLIENT_SCOPES, 'ops:read', 'ops:write');
      const answerFor = async (id: string, credential: CredentialHeaders): Promise<string> => {
        const sent = { 'X-Request-Id': 'one', ...headers, ...credential };
        const answer = await raw(service, method, `/reservations/${id}${suffix}`, sent);
        return answer.replaceAll(id, 'ID').replace(/^Date: .*$/m, 'Date: now');
      };
      const unknown = `${service.id.slice(0, -12)}000000000000`;
      const hidden = await answerFor(service.id, other);
      expect(parseHead(hidden).status).toBe(404);
      expect(hidden).toBe(await answerFor(unknown, other));
      // Its owner and a reader of everything get another answer.
      for (const credential of [service.owner, await service.credential('audit', 'reservations:read:all')]) {
        if (headers['Accept'] === 'text/event-stream') {
          const stream = openStream(service.server.port, `/reservations/${service.id}${suffix}`, {
            ...headers,
            ...credential,
          });
          await stream.has(/id: 2\n/);
          stream.socket.destroy();
        } else expect([200, 304, 422]).toContain(parseHead(await answerFor(service.id, credential)).status);
      }
    },
  );

  /** One of each parameter that the listing has. */
  const FILTERS: Readonly<Record<keyof typeof LIST_PARAMETERS, string>> = {
    user_id: 'ada_lovelace',
    status: 'RESERVATION_CONFIRMED',
    reference: 'order-4711',
    transaction_id: 'TXN-1',
    order: 'desc',
    limit: '200',
    after: '',
  };

  test('a list has what its sender has made, with each filter and behind each cursor', async () => {
    const service = await owned(open);
    const other = await service.credential('shop2', ...CLIENT_SCOPES);
    const all = await service.credential('audit', 'reservations:read:all');
    const mine: string[] = [];
    for (let n = 0; n < 3; n += 1) {
      mine.push(String((await service.post(RESERVATION, other)).body['reservation_id']));
      await service.post(RESERVATION, service.owner);
    }
    const list = async (
      headers: CredentialHeaders,
      query: Readonly<Record<string, string>>,
    ): Promise<readonly string[]> => {
      const { status, body } = await service.request(`/reservations?${String(new URLSearchParams(query))}`, {
        headers,
      });
      expect(status).toBe(200);
      return (body['reservations'] as { reservation_id: string }[]).map(({ reservation_id }) => reservation_id);
    };
    for (const [name, value] of Object.entries(FILTERS)) {
      if (name === 'after') continue;
      const found = await list(other, { [name]: value });
      expect(
        found.toSorted((a, b) => a.localeCompare(b)),
        name,
      ).toEqual(mine);
      expect(await list(all, { [name]: value }), name).toHaveLength(7);
    }
    // Cursors of the others name their own reservations; none shows what is not the sender's.
    for (const [headers, ids] of [
      [service.owner, 4],
      [other, 3],
      [all, 7],
    ] as const) {
      for (const order of ['asc', 'desc']) {
        let query: Readonly<Record<string, string>> = { limit: '1', order };
        let seen = 0;
        for (;;) {
          const { body } = await service.request(`/reservations?${String(new URLSearchParams(query))}`, { headers });
          seen += (body['reservations'] as unknown[]).length;
          const next = body['next'] as string | null;
          if (next === null) break;
          if (headers === other)
            expect(
              mine.some((id) => atob(next).endsWith(id)),
              'a cursor names another id',
            ).toBe(true);
          const behind = await list(other, { after: next, order });
          expect(
            behind.every((id) => mine.includes(id)),
            next,
          ).toBe(true);
          query = { limit: '1', order, after: next };
        }
        expect(seen).toBe(ids);
      }
    }
  });

  test('the stream of all events needs its own scope, which reading everything does not include', async () => {
    const service = await owned(open);
    for (const scopes of [CLIENT_SCOPES, ['reservations:read:all'] as const, ['ops:write'] as const]) {
      const headers = { Accept: 'text/event-stream', ...(await service.credential('shop2', ...scopes)) };
      const answer = await raw(service, 'GET', '/events?after=0', headers);
      expect(parseRaw(answer).body).toMatchObject({ code: 'insufficient_scope' });
    }
    const stream = openStream(service.server.port, '/events?after=0', await service.credential('ops', 'ops:read'));
    await stream.has(/id: 2\n/);
  });

  test('an idempotency key belongs to its sender', async () => {
    const service = await owned(open);
    const keyed = { 'Idempotency-Key': 'order-1' };
    const one = await service.post(RESERVATION, { ...service.owner, ...keyed });
    const other = await service.credential('shop2', ...CLIENT_SCOPES);
    const two = await service.post({ ...RESERVATION, amount: 11 }, { ...other, ...keyed });
    expect([one.status, two.status]).toEqual([200, 200]);
    expect(two.body['reservation_id']).not.toBe(one.body['reservation_id']);
    expect(two.headers.get('Idempotent-Replayed')).toBe(null);
  });
});

test('a subject that has the name of a key does not see what the key has made, and the other way round', async () => {
  const store = createMemoryStore();
  const [keyed, tokened] = await Promise.all([openApiKeys(store), openTokens()]);
  const keys = { names: ['shop', 'anonymous'], mode: keyed, service: await startService({ store, auth: keyed.auth }) };
  const subjects = {
    names: ['shop', 'anonymous', 'api-key:shop', 'jwt:shop'],
    mode: tokened,
    service: await startService({ store, auth: tokened.auth }),
  };
  for (const [makers, others] of [
    [keys, subjects],
    [subjects, keys],
  ] as const) {
    for (const name of makers.names) {
      const { body } = await makers.service.post(RESERVATION, await makers.mode.credential(name, ...CLIENT_SCOPES));
      const path = `/reservations/${String(body['reservation_id'])}`;
      for (const other of others.names) {
        const headers = await others.mode.credential(other, ...CLIENT_SCOPES);
        expect((await others.service.request(path, { headers })).status, `${name}, ${other}`).toBe(404);
      }
    }
  }
});

function parseHead(answer: string): { readonly status: number } {
  return { status: Number(answer.split(' ')[1]) };
}
