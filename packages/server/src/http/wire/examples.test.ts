import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { createManualRuntime } from '@reservations/core/testing';
import { createMemoryStore } from '@reservations/core/memory';
import { expect, test } from 'vitest';
import {
  type Answer,
  DECLINED,
  holdPayments,
  NOT_SENT,
  type Service,
  startService,
  UNKNOWN,
} from '../service-fixture.ts';
import { EXAMPLES } from './generated/examples.ts';
import type { Example } from './example.ts';

const path = fileURLToPath(new URL('generated/examples.ts', import.meta.url));

/** A time at which the payment of the first example was made. */
const NOW = Date.UTC(2026, 0, 1, 12);

const REQUEST = { user_id: 'user_123', amount: 10.5, currency: 'EUR' };
const APPROVED = { kind: 'approved', transactionId: 'TXN-0123456789', message: 'Payment approved' } as const;
const KEY = { 'Idempotency-Key': '8e03978e-40d5-43dd-bc93-6894a57f9324' };

/** A server with ids and times that repeat, over a store in memory. */
function start(options: Parameters<typeof startService>[0] = {}): Promise<Service> {
  return startService({ runtime: createManualRuntime(NOW), store: createMemoryStore(), ...options });
}

/** Asks a server for every example. */
async function record(): Promise<readonly Example[]> {
  const service = await start();
  service.payment(APPROVED);
  let count = 0;
  const named = (): Record<string, string> => ({ 'X-Request-Id': `request-${(count += 1)}` });
  const post = (body: unknown, headers: Record<string, string> = {}): Promise<Answer> =>
    service.post(body, { ...named(), ...headers });
  const get = (path: string): Promise<Answer> => service.request(path, { headers: named() });

  const root = await get('/');
  const live = await get('/health/live');
  const ready = await get('/health/ready');
  const confirmed = await post(REQUEST, KEY);
  const found = await get(String(confirmed.headers.get('location')));
  const history = await get(`${String(confirmed.headers.get('location'))}/events`);
  const missing = await get('/reservations/RES-01997e0c-8a3f-7cc0-8000-5be2a1f0c6d4');
  const reused = await post({ ...REQUEST, amount: 99 }, KEY);
  const malformed = await post(REQUEST, { 'Idempotency-Key': 'not one' });
  const invalid = await post({ amount: 0 });
  const compressed = await post(REQUEST, { 'Content-Encoding': 'gzip' });
  service.payment(DECLINED);
  const declined = await post(REQUEST);
  service.payment(UNKNOWN);
  const unknown = await post(REQUEST);
  service.payment(NOT_SENT);
  const unavailable = await post(REQUEST);
  const { charging, end } = holdPayments(service);
  const first = post(REQUEST, { 'Idempotency-Key': 'held' });
  await charging;
  const inProgress = await post(REQUEST, { 'Idempotency-Key': 'held' });
  end(APPROVED);
  await first;

  return [
    example('root', 'root', 'Where things are', root),
    example('live', 'alive', 'The process answers', live),
    example('ready', 'ready', 'Work may be sent here', ready),
    { ...example('createReservation', 'confirmed', 'The payment was approved', confirmed), request: REQUEST },
    example('createReservation', 'declined', 'The payment was declined', declined),
    example('createReservation', 'unknown', 'The outcome is unknown for now', unknown),
    example('createReservation', 'malformed_idempotency_key', 'The key has a space', malformed),
    example('createReservation', 'idempotency_key_in_progress', 'The first request is under way', inProgress),
    example('createReservation', 'unsupported_content_encoding', 'The body is compressed', compressed),
    example('createReservation', 'validation_failed', 'A field is missing, another is too small', invalid),
    example('createReservation', 'idempotency_key_reused', 'The key came with another body before', reused),
    example('createReservation', 'payment_unavailable', 'The payment service was not reached', unavailable),
    example('getReservation', 'confirmed', 'A confirmed reservation', found),
    example('getHistory', 'confirmed', 'What happened to it', history),
    example('getReservation', 'reservation_not_found', 'No reservation has this id', missing),
  ];
}

function example(operation: Example['operation'], name: string, summary: string, { status, body }: Answer): Example {
  return { operation, status, name, summary, value: body };
}

test('the examples of the document are the answers of a server', async () => {
  const recorded = await record();
  const written = readFileSync(path, 'utf8');
  const text = [
    '// Recorded by a test from a server: vitest run packages/server/src/http/wire/examples.test.ts -u',
    "import type { Example } from '../example.ts';",
    '',
    '/** Answers of a server, one for each kind. */',
    `export const EXAMPLES: readonly Example[] = ${JSON.stringify(recorded, null, 2)};`,
    '',
  ].join('\n');
  // Writes them with -u; otherwise the file as it is formatted counts.
  await expect(isDeepStrictEqual(recorded, EXAMPLES) ? written : text).toMatchFileSnapshot(path);
});
