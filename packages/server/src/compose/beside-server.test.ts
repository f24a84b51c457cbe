import { expect, test, vi } from 'vitest';
import { reserve, run, serve, temporaryFile } from '../cli/cli-fixture.ts';

/** The exit code and the output of a command in a process of its own. */
async function command(...args: readonly string[]): Promise<readonly [number | string | null, string]> {
  const { ended, out, err } = run(args);
  return [await ended, out() + err()];
}

test('beside a running server an operator finds, decides and checks; the server goes on', async () => {
  const path = await temporaryFile('reservations.db');
  const ledger = await temporaryFile('ledger.jsonl');
  const db = ['--db', path];
  const server = await serve('--sandbox', '--sandbox-ledger', ledger, '--payment-idempotency', 'none', ...db);
  await reserve(server.url, 'user_123');
  const answer = await reserve(server.url, 'user_success_without_transaction');
  const { reservation_id: id } = (await answer.json()) as { readonly reservation_id: string };
  expect(answer.status).toBe(202);
  await server.untilOut(/"kind":"payment-escalated"/);

  const [openCode, open] = await command('payments', 'open', ...db);
  expect([openCode, open]).toEqual([1, expect.stringContaining('1 payment has no verdict: 1 needs an operator')]);
  const [reconcileCode, reconciled] = await command('reconcile', '--ledger', ledger, ...db);
  const transaction = `TXN-${id}-1`;
  expect([reconcileCode, reconciled]).toEqual([0, expect.stringContaining(`escalated; ledger: ${transaction}`)]);

  const word = ['--actor', 'Ada', '--reason', 'the ledger has it'];
  const [resolveCode, resolved] = await command('payments', 'resolve', id, '--charged', transaction, ...word, ...db);
  expect([resolveCode, resolved]).toEqual([0, expect.stringContaining('is RESERVATION_CONFIRMED with transaction')]);
  const shown = await fetch(`${server.url}/reservations/${id}`);
  expect(await shown.json()).toMatchObject({ status: 'RESERVATION_CONFIRMED', transaction_id: transaction });

  expect(await command('payments', 'open', ...db)).toEqual([0, 'Every payment has its verdict.\n']);
  expect((await reserve(server.url, 'user_124')).status).toBe(200);
  const [eventsCode, events] = await command('events', id, ...db);
  expect([eventsCode, events]).toEqual([0, expect.stringContaining('says Ada: the ledger has it')]);
  expect(await command('verify', ...db)).toEqual([
    0,
    'Read 8 events of 3 reservations; settlement works on 0 payments. No fault was found.\n',
  ]);
  expect(await command('reconcile', '--ledger', ledger, ...db)).toEqual([
    0,
    'Compared 3 reservations with 3 charges: they agree.\n',
  ]);
  server.kill('SIGTERM');
  await vi.waitFor(async () => expect(await server.ended).toBe(0));
});
