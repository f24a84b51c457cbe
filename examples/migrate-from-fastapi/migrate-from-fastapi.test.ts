import { mkdtemp, readFile, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createReservations } from '@reservations/core';
import { createGrpcPaymentGateway } from '@reservations/core/grpc';
import { createMemoryStore } from '@reservations/core/memory';
import { startSandboxPaymentService } from '@reservations/core/sandbox';
import { startServer } from '@reservations/server';
import { expect, onTestFinished, test } from 'vitest';
import { compareAnswers } from './compare.ts';
import { type RecordedAnswer, readRecording } from './exchange.ts';
import { createRecorder } from './record.ts';
import { replay, type Replayed } from './replay.ts';

const SAMPLE = fileURLToPath(new URL('sample.ndjson', import.meta.url));

/** A server with the sandbox payment service; returns its URL. */
async function startService(answerUnknownAs: 'pending' | 'failed'): Promise<string> {
  const payments = await startSandboxPaymentService({ ledgerPath: null });
  const store = createMemoryStore();
  const gateway = createGrpcPaymentGateway({ host: payments.host, port: payments.port });
  const reservations = createReservations({ store, gateway, answerUnknownAs, observer: () => undefined });
  const server = await startServer({ reservations, store, gateway });
  onTestFinished(async () => {
    await server.stop();
    await payments.stop();
  });
  return server.url;
}

async function replaySample(current: string, old: string | null): Promise<readonly Replayed[]> {
  const replayed: Replayed[] = [];
  for await (const one of replay({ exchanges: await readRecording(SAMPLE), current, old })) replayed.push(one);
  return replayed;
}

test.each([
  ['pending', ['by-design']],
  ['failed', []],
] as const)('what a FastAPI service answered is answered again, unknown outcomes as "%s"', async (unknown, others) => {
  const replayed = await replaySample(await startService(unknown), null);
  expect(replayed.filter(({ kind }) => kind === 'different')).toEqual([]);
  expect(replayed.map(({ kind }) => kind).filter((kind) => kind !== 'same')).toEqual(others);
  expect(replayed.length).toBe(32);
});

test('two services are compared with each other, and each is asked for its own reservations', async () => {
  const replayed = await replaySample(await startService('pending'), await startService('failed'));
  const shown = replayed.filter(({ request, old }) => request.path.startsWith('/reservations/') && old.status === 200);
  expect(shown.map(({ current }) => current.status)).toEqual([200, 200]);
  const members = shown.flatMap(({ differences }) => differences.map((difference) => difference.split(':')[0]));
  expect([...new Set(members)]).toEqual(['body.created_at', 'body.updated_at']);
});

test('a recording holds requests and answers, and no credentials', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'migrate-test-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'recording.ndjson');
  const recorder = createRecorder({ from: await startService('pending'), file }).listen(0, '127.0.0.1');
  onTestFinished(() => void recorder.close());
  await new Promise((resolve) => recorder.once('listening', resolve));
  const response = await fetch(`http://127.0.0.1:${(recorder.address() as AddressInfo).port}/reservations`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'Idempotency-Key': 'k-1', Authorization: 'Bearer secret' },
    body: '{"user_id": "ada", "amount": 1}',
  });
  const body = await response.text();
  expect(await readRecording(file)).toEqual([
    {
      request: {
        method: 'POST',
        path: '/reservations',
        headers: { accept: '*/*', 'content-type': 'application/json', 'idempotency-key': 'k-1' },
        body: '{"user_id": "ada", "amount": 1}',
      },
      answer: { status: 200, contentType: 'application/json', body },
    },
  ]);
  expect(await readFile(file, 'utf8')).not.toContain('secret');
});

const CONFIRMED = { reservation_id: 'RES-1', status: 'RESERVATION_CONFIRMED', transaction_id: 'T-1', message: 'ok' };
const FAULT = { loc: ['body', 'amount'], type: 'missing', msg: 'Field required', input: {} };

test.each([
  ['another id and a new member', 200, { ...CONFIRMED, reservation_id: 'RES-2', version: 2 }, []],
  ['a transaction id that is absent', 200, { ...CONFIRMED, transaction_id: null }, ['body.transaction_id']],
  ['another message of the payment service', 200, { ...CONFIRMED, message: 'fine' }, ['body.message']],
  ['a member that is gone', 200, { ...CONFIRMED, message: undefined }, ['body.message']],
  ['another status', 201, CONFIRMED, ['status']],
])('%s', (_, status, body, paths) => {
  const found = compareAnswers(answer(200, CONFIRMED), answer(status, body)).differences;
  expect(found.map((difference) => difference.split(':')[0])).toEqual(paths);
});

test.each([
  ['another text', [{ ...FAULT, msg: 'It is missing' }], 'same'],
  ['another place', [{ ...FAULT, loc: ['body'] }], 'different'],
  ['one fault more', [FAULT, FAULT], 'different'],
  ['no fault', [], 'different'],
])('a 422 with %s', (_, detail, kind) => {
  expect(compareAnswers(answer(422, { detail: [FAULT] }), answer(422, { detail })).kind).toBe(kind);
});

test('a 202 is by design only for what the old service called failed without knowing', () => {
  const pending = answer(202, { ...CONFIRMED, status: 'RESERVATION_CREATED', transaction_id: null });
  expect(compareAnswers(answer(200, CONFIRMED), pending).kind).toBe('different');
  const failed = { detail: { reservation_id: 'RES-1', status: 'RESERVATION_FAILED', message: 'Try again.' } };
  expect(compareAnswers(answer(503, failed), pending).kind).toBe('by-design');
});

function answer(status: number, body: unknown): RecordedAnswer {
  return { status, contentType: 'application/json', body: JSON.stringify(body) };
}
