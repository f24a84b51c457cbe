import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { exampleId } from '../builders.ts';
import { EXAMPLE_CHARGE, type GatewayContractCase, gist, onService } from './case.ts';
import { APPROVAL, failure, reply, type ScriptedAnswer } from './scripted-service.ts';

const NEVER: ScriptedAnswer = { kind: 'never' };
const UNAVAILABLE = failure(14, 'not now');

/** Time for which a breaker stays open in cases that wait for its probe; allows for a slow machine. */
const PROBE_MS = 1_500;

const breaker: readonly GatewayContractCase[] = [
  onService(
    'the breaker opens after failures in a row: no call reaches the service until it probes, then it recovers',
    {
      answers: [UNAVAILABLE, UNAVAILABLE, UNAVAILABLE, APPROVAL],
      breaker: { failuresMax: 3, lastingMs: 0, openMs: PROBE_MS },
    },
    async ({ charge, service }) => {
      assert.equal(gist(await charge()), 'unknown service-error');
      assert.equal(gist(await charge()), 'not-sent breaker-open');
      assert.equal(gist(await charge()), 'not-sent breaker-open');
      assert.equal(service.calls.length, 3);
      await wait(PROBE_MS + 50);
      assert.equal(gist(await charge()), 'approved TXN-1');
      assert.equal(gist(await charge()), 'approved TXN-1');
      assert.equal(service.calls.length, 5);
    },
  ),
  onService(
    'a breaker that opens within a charge leaves the outcome of the attempts before',
    { answers: [UNAVAILABLE], breaker: { failuresMax: 2, lastingMs: 0, openMs: 60_000 } },
    async ({ charge, service }) => {
      assert.equal(gist(await charge()), 'unknown service-error');
      assert.equal(service.calls.length, 2);
    },
  ),
  onService(
    'during the probe of an open breaker other charges fail at once, and a probe that was cancelled does not close it',
    {
      answers: [UNAVAILABLE, NEVER],
      breaker: { failuresMax: 1, lastingMs: 0, openMs: PROBE_MS },
      attemptTimeoutMs: 20_000,
    },
    async ({ charge, service }) => {
      assert.equal(gist(await charge()), 'unknown service-error');
      await wait(PROBE_MS + 50);
      const abort = new AbortController();
      const probe = charge({ signal: abort.signal });
      await service.received(2);
      assert.equal(gist(await charge()), 'not-sent breaker-open');
      abort.abort();
      assert.equal(gist(await probe), 'unknown cancelled');
      assert.equal(gist(await charge()), 'not-sent breaker-open');
      assert.equal(service.calls.length, 2);
    },
  ),
  onService(
    'declines and refusals do not open the breaker',
    {
      answers: [reply({ message: 'no funds' }), failure(3, 'bad'), failure(7, 'no'), APPROVAL],
      breaker: { failuresMax: 1, lastingMs: 0, openMs: 60_000 },
    },
    async ({ charge }) => {
      const outcomes = [await charge(), await charge(), await charge(), await charge()].map((outcome) => gist(outcome));
      assert.deepEqual(outcomes, ['declined no funds', 'refused bad', 'unknown misconfigured', 'approved TXN-1']);
    },
  ),
];

const bulkhead: readonly GatewayContractCase[] = [
  onService(
    'a gateway takes as many charges as it says, under way and waiting; a further one is not sent',
    { answers: [NEVER], concurrencyMax: 2, queueMax: 1, attemptTimeoutMs: 20_000 },
    async ({ gateway, charge, service }) => {
      const abort = new AbortController();
      const { signal } = abort;
      assert.equal(gateway.chargesMax, 3);
      const others = [charge({ signal }), charge({ signal }), charge({ signal })];
      await service.received(2);
      assert.equal(gist(await charge()), 'not-sent bulkhead-full');
      abort.abort();
      const outcomes = (await Promise.all(others)).map((outcome) => gist(outcome));
      assert.deepEqual(outcomes, ['unknown cancelled', 'unknown cancelled', 'not-sent stopped']);
      assert.equal(service.calls.length, 2);
    },
  ),
  onService(
    'a charge that waits for its turn is sent when it comes',
    { answers: [reply({ success: true, transaction_id: 'TXN-1' }, 50)], concurrencyMax: 1, queueMax: 9 },
    async ({ charge, service }) => {
      const outcomes = await Promise.all(Array.from({ length: 10 }, () => charge()));
      assert.deepEqual(new Set(outcomes.map((outcome) => gist(outcome))), new Set(['approved TXN-1']));
      assert.equal(service.calls.length, 10);
    },
  ),
  onService(
    'a charge that is aborted while it waits for its turn leaves at once, unsent',
    { answers: [NEVER], concurrencyMax: 1, queueMax: 1, attemptTimeoutMs: 20_000 },
    async ({ charge, service }) => {
      const [first, second] = [new AbortController(), new AbortController()];
      const underWay = charge({ signal: first.signal });
      await service.received(1);
      const waiting = charge({ signal: second.signal });
      second.abort();
      assert.equal(gist(await waiting), 'not-sent stopped');
      first.abort();
      assert.equal(gist(await underWay), 'unknown cancelled');
      assert.equal(service.calls.length, 1);
    },
  ),
];

const closing: readonly GatewayContractCase[] = [
  onService('a closed gateway sends nothing', { answers: [APPROVAL] }, async ({ gateway, charge, service }) => {
    await gateway.close();
    await gateway.close();
    assert.equal(gist(await charge()), 'not-sent stopped');
    assert.equal(service.calls.length, 0);
  }),
  onService(
    'closing under a charge leaves it unknown, and no other attempt follows',
    { answers: [NEVER, APPROVAL], attemptTimeoutMs: 20_000 },
    async ({ gateway, charge, service }) => {
      const outcome = charge();
      await service.received(1);
      await gateway.close();
      assert.equal(gist(await outcome), 'unknown cancelled');
      assert.equal(service.calls.length, 1);
    },
  ),
];

const AMOUNTS = [
  { money: { amountMinor: 10_000, currency: 'EUR', decimals: 2 }, amount: 100 },
  { money: { amountMinor: 1, currency: 'EUR', decimals: 2 }, amount: 0.01 },
  { money: { amountMinor: 30, currency: 'USD', decimals: 2 }, amount: 0.3 },
  { money: { amountMinor: 100, currency: 'JPY', decimals: 0 }, amount: 100 },
  { money: { amountMinor: 1_234, currency: 'KWD', decimals: 3 }, amount: 1.234 },
  { money: { amountMinor: 999_999_999_999_999, currency: 'EUR', decimals: 2 }, amount: 9_999_999_999_999.99 },
];

const wire: readonly GatewayContractCase[] = [
  onService(
    'amounts arrive in major units, to the last digit',
    { answers: [APPROVAL] },
    async ({ charge, service }) => {
      for (const { money } of AMOUNTS) await charge({}, { ...EXAMPLE_CHARGE, money });
      const arrived = service.calls.map(({ request }) => [request.amount, request.currency]);
      assert.deepEqual(
        arrived,
        AMOUNTS.map(({ money, amount }) => [amount, money.currency]),
      );
    },
  ),
  onService('a user id arrives unchanged in any script', { answers: [APPROVAL] }, async ({ charge, service }) => {
    const users = ['Ωmega ñandú', '用户', '🙂', 'a'.repeat(256)];
    for (const [index, userId] of users.entries()) {
      await charge({}, { ...EXAMPLE_CHARGE, reservationId: exampleId(index + 1), userId });
    }
    assert.deepEqual(
      service.calls.map(({ request }) => [request.reservation_id, request.user_id]),
      users.map((userId, index) => [exampleId(index + 1), userId]),
    );
  }),
];

/** Cases about breaker, bulkhead, closing, and the request on the wire. */
export const boundCases: readonly GatewayContractCase[] = [...breaker, ...bulkhead, ...closing, ...wire];
