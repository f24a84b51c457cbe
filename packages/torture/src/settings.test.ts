import { expect, test } from 'vitest';
import { readCommandLine } from './settings.ts';

test('a command line without options is a run of a minute with a new seed', () => {
  expect(readCommandLine([], 42)).toEqual({
    kind: 'run',
    settings: {
      store: 'sqlite',
      paymentIdempotency: 'by-reservation-id',
      answerUnknownAs: 'pending',
      durationMs: 60_000,
      only: null,
      seed: 42,
    },
  });
});

test('every option is read', () => {
  const args = ['--store', 'sqlite', '--payment-idempotency', 'none', '--minutes', '0.5', '--seed', '7', '--self-test'];
  args.push('--only', 'kill a server, fail over', '--payment-unknown-outcome', 'fail');
  expect(readCommandLine(args, 42)).toEqual({
    kind: 'self-test',
    settings: {
      store: 'sqlite',
      paymentIdempotency: 'none',
      answerUnknownAs: 'failed',
      durationMs: 30_000,
      only: ['kill a server', 'fail over'],
      seed: 7,
    },
  });
});

test('all faults are reported at once', () => {
  const args = ['--store', 'files', '--payment-idempotency', 'some', '--minutes', '0', '--seed', '1.5'];
  args.push('--payment-unknown-outcome', 'failed');
  expect(readCommandLine(args, 42)).toEqual({
    kind: 'faults',
    faults: [
      '--store: expected one of sqlite, postgres, postgres-ha, postgres-ha-async, found "files"',
      '--payment-idempotency: expected by-reservation-id or none, found "some"',
      '--payment-unknown-outcome: expected pending or fail, found "failed"',
      '--minutes: expected more than 0, at most 10080, found "0"',
      '--seed: expected a whole number from 0 to 4294967295, found "1.5"',
    ],
  });
});

test('an unknown option is a fault', () => {
  expect(readCommandLine(['--hours', '1'], 42)).toMatchObject({ kind: 'faults' });
});
