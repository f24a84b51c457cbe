import { type SandboxPaymentService, startSandboxPaymentService } from '@reservations/core/sandbox';
import { expect, onTestFinished, test } from 'vitest';
import { runHere } from '../cli-fixture.ts';

async function startSandbox(
  options: Partial<Parameters<typeof startSandboxPaymentService>[0]> = {},
): Promise<SandboxPaymentService> {
  const sandbox = await startSandboxPaymentService({ ledgerPath: null, ...options });
  onTestFinished(() => sandbox.stop());
  return sandbox;
}

async function check(
  { host, port }: Pick<SandboxPaymentService, 'host' | 'port'>,
  ...args: readonly string[]
): Promise<{ readonly code: number; readonly lines: readonly string[]; readonly err: string }> {
  const { code, out, err } = await runHere(['payments', 'check', '--host', host, '--port', String(port), ...args]);
  return { code, lines: out.split('\n'), err };
}

const DECLINED = ['--declined-user', 'user_decline_card_expired'];

test('without --really nothing is charged, and what is left out is said', async () => {
  const sandbox = await startSandbox();
  const { code, lines, err } = await check(sandbox);
  expect([code, err, sandbox.calls()]).toEqual([0, '', []]);
  expect(lines).toEqual([
    'passed    the payment service is reached',
    'passed    GetPaymentStatus answers for a transaction that does not exist',
    'passed    calls that miss their deadline do not disturb the calls after them',
    ...[
      'a charge succeeds and has a transaction id',
      'the same request again gives the same transaction id',
      'the same request twice at the same time gives one transaction id',
      'a charge that is repeated after a cancelled call has one result',
      'a charge that is repeated after a missed deadline has one result',
      'a decline stays a decline',
      'an amount with a digit in its last decimal is charged',
      'an amount with three decimals is charged or refused',
      'an amount of zero is refused',
      'another amount for the same reservation is not charged',
    ].map((title) => `left out  ${title}: it sends charges (--really)`),
    '',
    '3 passed, 0 failed, 10 left out.',
    'No charge was sent.',
  ]);
});

test('with --really every case passes against the sandbox, which charged each reservation once', async () => {
  const sandbox = await startSandbox();
  const { code, lines } = await check(sandbox, '--really', '--amount', '2.50', '--user', 'ada', ...DECLINED);
  expect([code, lines.filter((line) => /^(FAILED|left out)/.test(line))]).toEqual([0, []]);
  expect(lines).toContain('13 passed, 0 failed, 0 left out.');
  const listed = lines.filter((line) => line.startsWith('  RES-')).map((line) => line.trim());
  const charged = sandbox.ledger().map(({ reservation_id }) => reservation_id);
  expect(new Set(charged).size).toBe(charged.length);
  expect(listed).toEqual(expect.arrayContaining(charged));
  expect(new Set(sandbox.ledger().map(({ user_id, amount }) => `${user_id} ${amount}`))).toEqual(
    new Set(['ada 2.5', 'ada 2.51', 'ada 0.101', 'user_decline_card_expired 2.5']),
  );
});

test('a service that charges every call fails, with what it means', async () => {
  const { code, lines } = await check(await startSandbox({ idempotent: false }), '--really', ...DECLINED);
  expect(code).toBe(1);
  const failed = lines.findIndex((line) => line.startsWith('FAILED'));
  expect(lines.slice(failed, failed + 3)).toEqual([
    'FAILED    the same request again gives the same transaction id',
    expect.stringMatching(/^ {10}first charged as TXN-RES-\S+-1, then charged as TXN-RES-\S+-2$/),
    '          A charge whose reply is lost may be charged twice. Run the server with --payment-idempotency none until this is mended.',
  ]);
  expect(lines).toContain('8 passed, 5 failed, 0 left out.');
});

test('a service that declines the user fails in words, line by line', async () => {
  const { code, lines } = await check(await startSandbox(), '--really', '--user', 'user_decline_card_expired');
  expect(code).toBe(1);
  const failed = lines.findIndex((line) => line.startsWith('FAILED'));
  expect(lines.slice(failed, failed + 3)).toEqual([
    'FAILED    a charge succeeds and has a transaction id',
    '          expected: charged; found: declined (Card expired)',
    '          No reservation is confirmed, unless it is just this user, amount or currency that the service does not charge.',
  ]);
});

test('a service that refuses the user fails once; what cannot be told is left out', async () => {
  const { code, lines } = await check(await startSandbox(), '--really', '--user', 'user_not_found');
  expect(code).toBe(1);
  expect(lines).toContain(
    'left out  the same request again gives the same transaction id: ' +
      'the first charge was not executed: refused (NOT_FOUND: the customer has no account)',
  );
  expect(lines).toContain('left out  a decline stays a decline: no user is known whom the service declines');
});

test('a port without a listener fails the first case, and leaves out the others', async () => {
  const sandbox = await startSandbox();
  await sandbox.stop();
  const { code, lines } = await check(sandbox, '--really');
  expect(code).toBe(1);
  expect(lines.slice(0, 4)).toEqual([
    'FAILED    the payment service is reached',
    expect.stringMatching(/^ {10}UNAVAILABLE: No connection established.*ECONNREFUSED/),
    '          No reservation can be paid: each is answered with 503, and nothing is charged.',
    'left out  GetPaymentStatus answers for a transaction that does not exist: it was not reached',
  ]);
  expect(lines.slice(-2)).toEqual(['0 passed, 1 failed, 12 left out.', 'No charge was sent.']);
});

test('a program gets the results and the reservations', async () => {
  const sandbox = await startSandbox();
  const { code, lines } = await check(sandbox, '--really', '--json', ...DECLINED);
  const { results, reservation_ids } = JSON.parse(lines.join('\n')) as {
    readonly results: readonly object[];
    readonly reservation_ids: readonly string[];
  };
  expect([code, results.length, reservation_ids.length]).toEqual([0, 13, 10]);
  expect(results[0]).toEqual({
    title: 'the payment service is reached',
    result: 'passed',
    detail: null,
    meaning: 'No reservation can be paid: each is answered with 503, and nothing is charged.',
  });
});

test('amounts that cannot be are wrong usage', async () => {
  const args = ['--amount', '1.001', '--currency', 'eur', '--user', ''];
  expect(await runHere(['payments', 'check', ...args])).toMatchObject({ code: 2, out: '' });
  expect((await runHere(['payments', 'check', ...args.slice(0, 4)])).err).toBe(
    '--amount: expected an amount that the currency can have, found "1.001" (too-many-decimals)\n' +
      'see: reservations-server payments check --help',
  );
});
