import { status } from '@grpc/grpc-js';
import { describe, expect, test } from 'vitest';
import { type AttemptError, type AttemptResult, classifyAttempt, provesNotSent } from './outcome.ts';

const sent: AttemptError = {
  kind: 'error',
  code: status.UNAVAILABLE,
  details: 'no',
  trailingTransactionId: null,
  handedOver: true,
  cancelledByUs: false,
  certificateFault: null,
};

function error(overrides: Partial<AttemptError>): AttemptError {
  return { ...sent, ...overrides };
}

/** Kind, cause, whether it is retried, whether it speaks against the service: one row of the table. */
function row({ outcome, retry, breaks }: AttemptResult): readonly unknown[] {
  const cause = outcome.kind === 'not-sent' || outcome.kind === 'unknown' ? outcome.cause : null;
  return [outcome.kind, cause, retry, breaks];
}

const SERVICE_ERROR = ['unknown', 'service-error', 'if-idempotent', true];
const REFUSED = ['refused', null, 'no', false];
const MISCONFIGURED = ['unknown', 'misconfigured', 'no', false];

test.each([
  [status.OK, SERVICE_ERROR],
  [status.CANCELLED, SERVICE_ERROR],
  [status.UNKNOWN, SERVICE_ERROR],
  [status.INVALID_ARGUMENT, REFUSED],
  [status.DEADLINE_EXCEEDED, ['unknown', 'deadline-exceeded', 'if-idempotent', true]],
  [status.NOT_FOUND, REFUSED],
  [status.ALREADY_EXISTS, ['unknown', 'already-exists', 'no', false]],
  [status.PERMISSION_DENIED, MISCONFIGURED],
  [status.RESOURCE_EXHAUSTED, SERVICE_ERROR],
  [status.FAILED_PRECONDITION, REFUSED],
  [status.ABORTED, SERVICE_ERROR],
  [status.OUT_OF_RANGE, REFUSED],
  [status.UNIMPLEMENTED, SERVICE_ERROR],
  [status.INTERNAL, SERVICE_ERROR],
  [status.UNAVAILABLE, SERVICE_ERROR],
  [status.DATA_LOSS, SERVICE_ERROR],
  [status.UNAUTHENTICATED, MISCONFIGURED],
])('status %i of a call that was sent has its meaning', (code, expected) => {
  expect(row(classifyAttempt(error({ code })))).toEqual(expected);
});

test('an unknown status is a service error', () => {
  const signal = { ...sent, ...(JSON.parse('{"code":99}') as { code: status }) };
  expect(row(classifyAttempt(signal))).toEqual(SERVICE_ERROR);
});

describe('a reply', () => {
  test.each([
    [{ success: true, transaction_id: 'TXN-1', message: 'ok' }, ['approved', null, 'no', false]],
    [{ success: true, transaction_id: '', message: 'ok' }, ['unknown', 'malformed-reply', 'if-idempotent', false]],
    [
      { success: true, transaction_id: 'T'.repeat(256), message: '' },
      ['unknown', 'malformed-reply', 'if-idempotent', false],
    ],
    [{ success: false, transaction_id: '', message: 'no funds' }, ['declined', null, 'no', false]],
    [{ success: false, transaction_id: '', message: '' }, ['unknown', 'malformed-reply', 'if-idempotent', false]],
    [{ success: false, transaction_id: '', message: ' \n' }, ['unknown', 'malformed-reply', 'if-idempotent', false]],
  ])('%j', (reply, expected) => {
    expect(row(classifyAttempt({ kind: 'reply', reply }))).toEqual(expected);
  });
});

test('a message of a reply is cut to 500 characters, and never within one', () => {
  const reply = { success: false, transaction_id: '', message: `${'🎫'.repeat(499)}\n${'🎫'.repeat(10)}` };
  expect(classifyAttempt({ kind: 'reply', reply }).outcome).toEqual({
    kind: 'declined',
    message: `${'🎫'.repeat(499)} `,
  });
  const uncut = { ...reply, message: '🎫'.repeat(500) };
  expect(classifyAttempt({ kind: 'reply', reply: uncut }).outcome).toMatchObject({ message: uncut.message });
});

test('a withheld attempt is not sent, and none follows', () => {
  expect(row(classifyAttempt({ kind: 'withheld' }))).toEqual(['not-sent', 'stopped', 'no', false]);
});

test('a refused stream is not sent, and is repeated', () => {
  expect(row(classifyAttempt({ kind: 'stream-refused' }))).toEqual(['not-sent', 'stream-refused', 'yes', true]);
});

test('ALREADY_EXISTS with a transaction id in the trailers is an approval', () => {
  const signal = error({ code: status.ALREADY_EXISTS, details: 'before', trailingTransactionId: 'TXN-9' });
  expect(classifyAttempt(signal)).toEqual({
    outcome: { kind: 'approved', transactionId: 'TXN-9', message: 'before' },
    retry: 'no',
    breaks: false,
  });
});

test('a refusal without words carries the name of its status', () => {
  const { outcome } = classifyAttempt(error({ code: status.NOT_FOUND, details: '' }));
  expect(outcome).toEqual({ kind: 'refused', message: 'NOT_FOUND (5): ' });
});

test('a call that we cancelled is unknown once it was handed over, and not sent before', () => {
  const cancelled = error({ code: status.CANCELLED, cancelledByUs: true });
  expect(row(classifyAttempt(cancelled))).toEqual(['unknown', 'cancelled', 'no', false]);
  expect(row(classifyAttempt({ ...cancelled, handedOver: false }))).toEqual(['not-sent', 'stopped', 'no', false]);
});

test('a lost connection is told from a service that is unavailable', () => {
  const causes = ['Connection dropped', 'read ECONNRESET', 'down for maintenance'].map((details) => {
    const { outcome } = classifyAttempt(error({ details }));
    return outcome.kind === 'unknown' ? outcome.cause : outcome.kind;
  });
  expect(causes).toEqual(['connection-lost', 'connection-lost', 'service-error']);
});

describe('the proof that nothing was sent', () => {
  const PROOFS: readonly (readonly [status, string])[] = [
    [
      status.UNAVAILABLE,
      'No connection established. Last error: Error: connect ECONNREFUSED 127.0.0.1:1. Resolution note: ',
    ],
    [status.UNAVAILABLE, 'Name resolution failed for target dns:payment.invalid:1'],
    [status.UNAVAILABLE, 'Channel closed before call started'],
    [status.DEADLINE_EXCEEDED, 'Deadline exceeded after 0.323s,waiting for name resolution'],
    [status.DEADLINE_EXCEEDED, 'Deadline exceeded after 0.1s,name resolution: 0.001s,waiting for metadata filters'],
    [status.DEADLINE_EXCEEDED, 'Deadline exceeded after 0.1s,name resolution: 0.001s,Waiting for LB pick'],
  ];

  test.each(PROOFS)('%i "%s" proves it before the request was handed over', (code, details) => {
    expect(provesNotSent(error({ code, details, handedOver: false }))).toBe(true);
    expect(row(classifyAttempt(error({ code, details, handedOver: false })))).toEqual([
      'not-sent',
      'no-connection',
      'yes',
      true,
    ]);
  });

  test.each(PROOFS)('%i "%s" proves nothing once the request was handed over', (code, details) => {
    expect(provesNotSent(error({ code, details }))).toBe(false);
  });

  test.each([
    [status.UNAVAILABLE, 'an unknown text'],
    [status.DEADLINE_EXCEEDED, 'Deadline exceeded after 5.0s,LB pick: 0.002s,remote_addr=127.0.0.1:1'],
    [status.INTERNAL, 'No connection established'],
    [status.CANCELLED, 'Cancelled on client'],
  ])('%i "%s" proves nothing, whichever witness says that it was not handed over', (code, details) => {
    expect(provesNotSent(error({ code, details, handedOver: false }))).toBe(false);
  });
});
