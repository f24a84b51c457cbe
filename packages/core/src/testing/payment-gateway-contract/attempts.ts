import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { passOn, startPeer } from './broken-peers.ts';
import { EXAMPLE_CHARGE, type GatewayContractCase, gist, onService, withGateway } from './case.ts';
import { APPROVAL, failure, reply, type ScriptedAnswer, startScriptedService } from './scripted-service.ts';

const UNAVAILABLE = failure(14, 'not now');
const NEVER: ScriptedAnswer = { kind: 'never' };
const CUT: ScriptedAnswer = { kind: 'cut' };

/** A short deadline that still allows a busy machine to connect and deliver a call. */
const DEADLINE_MS = 500;

/** Longer than the pause between two attempts, so that an extra attempt would be seen. */
const ANOTHER_ATTEMPT_MS = 500;

const several: readonly GatewayContractCase[] = [
  onService(
    'what is unavailable twice is approved at the third attempt',
    { answers: [UNAVAILABLE, UNAVAILABLE, APPROVAL] },
    async ({ charge, service }) => {
      assert.equal(gist(await charge()), 'approved TXN-1');
      assert.equal(service.calls.length, 3);
    },
  ),
  onService(
    'a refusal after an attempt that may have been executed is unknown: "in progress" is a refusal, too',
    { answers: [CUT, failure(9, 'in progress')] },
    async ({ charge, service }) => {
      assert.equal(gist(await charge()), 'unknown connection-lost');
      assert.equal(service.calls.length, 2);
    },
  ),
  onService(
    'every attempt is the same request with the reservation as its idempotency key',
    { answers: [UNAVAILABLE, CUT, APPROVAL] },
    async ({ charge, service }) => {
      await charge();
      const { reservationId, userId } = EXAMPLE_CHARGE;
      const request = { reservation_id: reservationId, user_id: userId, amount: 10.5, currency: 'EUR' };
      const call = { request, idempotencyKey: reservationId };
      assert.deepEqual(service.calls, [call, call, call]);
    },
  ),
  onService(
    'no answer by the deadline is unknown, three times',
    { answers: [NEVER], attemptTimeoutMs: DEADLINE_MS },
    async ({ charge, service }) => {
      assert.equal(gist(await charge()), 'unknown deadline-exceeded');
      assert.equal(service.calls.length, 3);
    },
  ),
  onService(
    'an answer behind the deadline of the only attempt is not waited for',
    {
      answers: [reply({ success: true, transaction_id: 'TXN-1' }, 2 * DEADLINE_MS)],
      attemptTimeoutMs: DEADLINE_MS,
      idempotency: 'none',
    },
    async ({ charge, service }) => {
      assert.equal(gist(await charge()), 'unknown deadline-exceeded');
      assert.equal(service.calls.length, 1);
    },
  ),
  onService(
    'a connection that is cut under the call is unknown, three times',
    { answers: [CUT] },
    async ({ charge, service }) => {
      assert.equal(gist(await charge()), 'unknown connection-lost');
      assert.equal(service.calls.length, 3);
    },
  ),
  onService(
    'a connection that is cut once is approved at the next attempt',
    { answers: [CUT, APPROVAL] },
    async ({ charge, service }) => {
      assert.equal(gist(await charge()), 'approved TXN-1');
      assert.equal(service.calls.length, 2);
    },
  ),
  {
    title: 'one attempt without an answer outweighs two that were refused',
    async run(harness) {
      const service = await startScriptedService([NEVER]);
      const door = await startPeer((socket) => passOn(socket, service.port));
      try {
        const { host, port } = door;
        await withGateway(harness, { host, port, attemptTimeoutMs: DEADLINE_MS }, async ({ charge }) => {
          const asked: Promise<void>[] = [];
          // maySend turns false right before the second attempt.
          const maySend = (): boolean => asked.push(asked.length === 1 ? door.stop() : Promise.resolve()) > 0;
          assert.equal((await charge({ maySend })).kind, 'unknown');
          assert.equal(asked.length, 3);
          await Promise.all(asked);
        });
        assert.equal(service.calls.length, 1);
      } finally {
        await door.stop();
        await service.stop();
      }
    },
  },
];

const MAY_BE_EXECUTED: readonly (readonly [string, ScriptedAnswer])[] = [
  ['UNAVAILABLE', UNAVAILABLE],
  ['INTERNAL', failure(13, 'oops')],
  ['a cut connection', CUT],
  ['a missed deadline', NEVER],
  ['an empty reply', reply({})],
];

const strict: readonly GatewayContractCase[] = MAY_BE_EXECUTED.map(([what, answer]) =>
  onService(
    `without idempotency nothing is sent after ${what}`,
    { answers: [answer, APPROVAL], attemptTimeoutMs: DEADLINE_MS, idempotency: 'none' },
    async ({ charge, service }) => {
      assert.equal((await charge()).kind, 'unknown');
      await wait(ANOTHER_ATTEMPT_MS);
      assert.equal(service.calls.length, 1);
    },
  ),
);

const stopped: readonly GatewayContractCase[] = [
  onService('what may not be sent is not sent', { answers: [APPROVAL] }, async ({ charge, service }) => {
    assert.equal(gist(await charge({ maySend: () => false })), 'not-sent stopped');
    assert.equal(service.calls.length, 0);
  }),
  onService(
    'what may be sent only once stays as the first attempt left it',
    { answers: [UNAVAILABLE, APPROVAL] },
    async ({ charge, service }) => {
      let asked = 0;
      assert.equal(gist(await charge({ maySend: () => (asked += 1) === 1 })), 'unknown service-error');
      assert.equal(asked, 2);
      assert.equal(service.calls.length, 1);
    },
  ),
  onService('an aborted charge is not sent', { answers: [APPROVAL] }, async ({ charge, service }) => {
    assert.equal(gist(await charge({ signal: AbortSignal.abort() })), 'not-sent stopped');
    assert.equal(service.calls.length, 0);
  }),
  onService(
    'a charge that is aborted under way is unknown, and no other attempt follows',
    { answers: [NEVER, APPROVAL], attemptTimeoutMs: 20_000 },
    async ({ charge, service }) => {
      const abort = new AbortController();
      const outcome = charge({ signal: abort.signal });
      await service.received(1);
      abort.abort();
      assert.equal(gist(await outcome), 'unknown cancelled');
      await wait(ANOTHER_ATTEMPT_MS);
      assert.equal(service.calls.length, 1);
    },
  ),
  onService(
    'a charge that is aborted between two attempts stays as the first attempt left it',
    { answers: [UNAVAILABLE, APPROVAL] },
    async ({ charge, service }) => {
      const abort = new AbortController();
      const outcome = charge({ signal: abort.signal });
      await service.received(1);
      setImmediate(() => abort.abort());
      assert.equal((await outcome).kind, 'unknown');
      assert.equal(service.calls.length, 1);
    },
  ),
  {
    title: 'a charge that is aborted while it waits for a connection is not sent',
    async run(harness) {
      const peer = await startPeer((socket) => socket.resume());
      try {
        const { host, port } = peer;
        await withGateway(harness, { host, port, attemptTimeoutMs: 20_000 }, async ({ charge }) => {
          const abort = new AbortController();
          const outcome = charge({ signal: abort.signal });
          setTimeout(() => abort.abort(), 50);
          assert.equal(gist(await outcome), 'not-sent stopped');
        });
      } finally {
        await peer.stop();
      }
    },
  },
];

/** Cases about the sequence of attempts, and about charges without one. */
export const attemptCases: readonly GatewayContractCase[] = [...several, ...strict, ...stopped];
