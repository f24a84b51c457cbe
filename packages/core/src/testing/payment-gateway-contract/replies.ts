import assert from 'node:assert/strict';
import type { GatewayContractCase } from './case.ts';
import { gist, onService } from './case.ts';
import { failure, reply, type ScriptedAnswer } from './scripted-service.ts';

/** gRPC status codes used by name. */
const ALREADY_EXISTS = 6;
const UNAVAILABLE = 14;
const DEADLINE_EXCEEDED = 4;

interface StatusRow {
  readonly code: number;
  readonly name: string;
  readonly outcome: string;
  readonly calls: number;
}

const STATUSES: readonly StatusRow[] = [
  { code: 1, name: 'CANCELLED', outcome: 'unknown service-error', calls: 3 },
  { code: 2, name: 'UNKNOWN', outcome: 'unknown service-error', calls: 3 },
  { code: 3, name: 'INVALID_ARGUMENT', outcome: 'refused it says no', calls: 1 },
  { code: 4, name: 'DEADLINE_EXCEEDED', outcome: 'unknown deadline-exceeded', calls: 3 },
  { code: 5, name: 'NOT_FOUND', outcome: 'refused it says no', calls: 1 },
  { code: 6, name: 'ALREADY_EXISTS', outcome: 'unknown already-exists', calls: 1 },
  { code: 7, name: 'PERMISSION_DENIED', outcome: 'unknown misconfigured', calls: 1 },
  { code: 8, name: 'RESOURCE_EXHAUSTED', outcome: 'unknown service-error', calls: 3 },
  { code: 9, name: 'FAILED_PRECONDITION', outcome: 'refused it says no', calls: 1 },
  { code: 10, name: 'ABORTED', outcome: 'unknown service-error', calls: 3 },
  { code: 11, name: 'OUT_OF_RANGE', outcome: 'refused it says no', calls: 1 },
  { code: 12, name: 'UNIMPLEMENTED', outcome: 'unknown service-error', calls: 3 },
  { code: 13, name: 'INTERNAL', outcome: 'unknown service-error', calls: 3 },
  { code: 14, name: 'UNAVAILABLE', outcome: 'unknown service-error', calls: 3 },
  { code: 15, name: 'DATA_LOSS', outcome: 'unknown service-error', calls: 3 },
  { code: 16, name: 'UNAUTHENTICATED', outcome: 'unknown misconfigured', calls: 1 },
];

const statuses: readonly GatewayContractCase[] = STATUSES.map(({ code, name, outcome, calls }) =>
  onService(
    `${name} is "${outcome}" after ${calls} ${calls === 1 ? 'call' : 'calls'}`,
    { answers: [failure(code, 'it says no')] },
    async ({ charge, service }) => {
      assert.equal(gist(await charge()), outcome);
      assert.equal(service.calls.length, calls);
    },
  ),
);

/** A service that forwards the errors of others must not pass for a proof that nothing was sent. */
const borrowedWords: readonly GatewayContractCase[] = [
  { code: UNAVAILABLE, words: 'No connection established. Last error: Error: connect ECONNREFUSED 10.0.0.1:50051' },
  { code: UNAVAILABLE, words: 'Name resolution failed for target dns:ledger:50051' },
  { code: UNAVAILABLE, words: 'Channel closed before call started' },
  { code: DEADLINE_EXCEEDED, words: 'Deadline exceeded after 5.000s,Waiting for LB pick' },
].map(({ code, words }) =>
  onService(
    `a service that says "${words}" was reached`,
    { answers: [failure(code, words)], idempotency: 'none' },
    async ({ charge, service }) => {
      assert.equal((await charge()).kind, 'unknown');
      assert.equal(service.calls.length, 1);
    },
  ),
);

const ODD_REPLIES: readonly (readonly [string, ScriptedAnswer, string])[] = [
  ['an empty reply is no decline', reply({}), 'unknown malformed-reply'],
  ['success without a transaction id is no approval', reply({ success: true }), 'unknown malformed-reply'],
  [
    'a transaction id of blanks is no transaction id',
    reply({ success: true, transaction_id: '   ' }),
    'unknown malformed-reply',
  ],
  [
    'a transaction id with a line break is no transaction id',
    reply({ success: true, transaction_id: 'TXN-1\nTXN-2' }),
    'unknown malformed-reply',
  ],
  [
    'a transaction id of 300 characters is no transaction id',
    reply({ success: true, transaction_id: 'T'.repeat(300) }),
    'unknown malformed-reply',
  ],
  ['a decline without a reason is no decline', reply({ transaction_id: 'TXN-1' }), 'unknown malformed-reply'],
  ['OK without a reply is unknown', { kind: 'replies', replies: [], afterMs: 0 }, 'unknown service-error'],
  [
    'a reply of a megabyte is unknown',
    reply({ success: true, transaction_id: 'TXN-1', message: 'x'.repeat(1_048_576) }),
    'unknown service-error',
  ],
];

const oddReplies: readonly GatewayContractCase[] = ODD_REPLIES.map(([title, answer, outcome]) =>
  onService(title, { answers: [answer] }, async ({ charge, service }) => {
    assert.equal(gist(await charge()), outcome);
    assert.equal(service.calls.length, 3);
  }),
);

const verdicts: readonly GatewayContractCase[] = [
  onService(
    'an approval carries transaction id and message, after one call',
    { answers: [reply({ success: true, transaction_id: 'TXN-42', message: 'thank you' })] },
    async ({ charge, service }) => {
      assert.deepEqual(await charge(), { kind: 'approved', transactionId: 'TXN-42', message: 'thank you' });
      assert.equal(service.calls.length, 1);
    },
  ),
  onService(
    "a decline carries the payment service's own message, after one call",
    { answers: [reply({ success: false, message: 'Insufficient funds' })] },
    async ({ charge, service }) => {
      assert.deepEqual(await charge(), { kind: 'declined', message: 'Insufficient funds' });
      assert.equal(service.calls.length, 1);
    },
  ),
  onService(
    'ALREADY_EXISTS with a transaction id in the trailers is the earlier approval',
    { answers: [failure(ALREADY_EXISTS, 'charged earlier', { 'transaction-id': 'TXN-7' })] },
    async ({ charge }) => {
      assert.deepEqual(await charge(), { kind: 'approved', transactionId: 'TXN-7', message: 'charged earlier' });
    },
  ),
  onService(
    'a long message is cut, and what has no place in a log line is taken out',
    { answers: [reply({ success: false, message: `one\ntwo\u0000${'x'.repeat(10_000)}` })] },
    async ({ charge }) => {
      assert.deepEqual(await charge(), { kind: 'declined', message: `one two ${'x'.repeat(492)}` });
    },
  ),
];

const TWO_REPLIES: ScriptedAnswer = {
  kind: 'replies',
  replies: [
    { success: true, transaction_id: 'TXN-1' },
    { success: true, transaction_id: 'TXN-2' },
  ],
  afterMs: 0,
};

const doubleReply: readonly GatewayContractCase[] = [
  onService('two replies are unknown', { answers: [TWO_REPLIES], attemptTimeoutMs: 500 }, async ({ charge }) => {
    assert.equal((await charge()).kind, 'unknown');
  }),
];

/** Cases about replies of a payment service. */
export const replyCases: readonly GatewayContractCase[] = [
  ...verdicts,
  ...statuses,
  ...borrowedWords,
  ...oddReplies,
  ...doubleReply,
];
