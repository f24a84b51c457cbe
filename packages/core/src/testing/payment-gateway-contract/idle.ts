import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { exampleId } from '../builders.ts';
import { type Forgetting, passOnUntilIdle, type Peer, startPeer } from './broken-peers.ts';
import { EXAMPLE_CHARGE, type GatewayContractCase, gist, onService, withGateway } from './case.ts';
import { APPROVAL, reply, startScriptedService } from './scripted-service.ts';

const IDLE_MS = 1_000;

/** When the path drops the connection: later than the gateway should close it, and earlier than the next charge. */
const FORGOTTEN_AFTER_MS = 1_400;
const PAUSE_MS = 1_700;

/** Pauses that end shortly before, at, and shortly after the time at which the connection is closed. */
const PAUSES_MS = [IDLE_MS - 5, IDLE_MS - 2, IDLE_MS - 1, IDLE_MS, IDLE_MS + 1, IDLE_MS + 2, IDLE_MS + 5];

/** Resolves when the peer has that many connections; rejects when it never does. */
async function connectionsBecome(peer: Peer, count: number): Promise<void> {
  for (let tries = 0; peer.connections() !== count && tries < 500; tries += 1) await wait(10);
  assert.equal(peer.connections(), count);
}

function afterAPause(forgetting: Forgetting, idempotency: 'by-reservation-id' | 'none'): GatewayContractCase {
  const promise = idempotency === 'none' ? 'without idempotency' : 'with idempotency';
  return {
    title: `the first charge after a pause is sent once, ${promise}, when the way ${forgetting} what is idle`,
    async run(harness) {
      const service = await startScriptedService([APPROVAL]);
      const peer = await startPeer((socket) => passOnUntilIdle(socket, service.port, FORGOTTEN_AFTER_MS, forgetting));
      try {
        const tuning = { host: peer.host, port: peer.port, idempotency, idleTimeoutMs: IDLE_MS };
        await withGateway(harness, tuning, async ({ charge }) => {
          let asked = 0;
          const maySend = (): boolean => (asked += 1) > 0;
          assert.equal(gist(await charge({ maySend })), 'approved TXN-1');
          await wait(PAUSE_MS);
          assert.equal(
            gist(await charge({ maySend }, { ...EXAMPLE_CHARGE, reservationId: exampleId(2) })),
            'approved TXN-1',
          );
          assert.deepEqual([asked, service.calls.length], [2, 2]);
        });
      } finally {
        await peer.stop();
        await service.stop();
      }
    },
  };
}

const letGo: readonly GatewayContractCase[] = [
  {
    title: 'an idle connection is closed, and the next charge makes another',
    async run(harness) {
      const service = await startScriptedService([APPROVAL]);
      const peer = await startPeer((socket) => passOnUntilIdle(socket, service.port, 60_000, 'drops'));
      try {
        const { host, port } = peer;
        await withGateway(harness, { host, port, idleTimeoutMs: IDLE_MS }, async ({ charge }) => {
          assert.equal(gist(await charge()), 'approved TXN-1');
          assert.equal(peer.connections(), 1);
          await connectionsBecome(peer, 0);
          assert.equal(gist(await charge()), 'approved TXN-1');
          assert.equal(peer.connections(), 1);
        });
        await connectionsBecome(peer, 0);
      } finally {
        await peer.stop();
        await service.stop();
      }
    },
  },
  {
    title: 'a charge that begins just when the connection is let go is sent once, without idempotency',
    async run(harness) {
      const service = await startScriptedService([APPROVAL]);
      try {
        const { host, port } = service;
        await Promise.all(
          PAUSES_MS.map((pauseMs) =>
            withGateway(harness, { host, port, idempotency: 'none', idleTimeoutMs: IDLE_MS }, async ({ charge }) => {
              for (let round = 0; round < 3; round += 1) {
                if (round > 0) await wait(pauseMs);
                assert.equal(gist(await charge()), 'approved TXN-1');
              }
            }),
          ),
        );
        assert.equal(service.calls.length, 3 * PAUSES_MS.length);
      } finally {
        await service.stop();
      }
    },
  },
  onService(
    'a charge that takes longer than a connection may be idle is waited for',
    {
      answers: [reply({ success: true, transaction_id: 'TXN-1' }, PAUSE_MS)],
      idempotency: 'none',
      attemptTimeoutMs: 20_000,
      idleTimeoutMs: IDLE_MS,
    },
    async ({ charge, service }) => {
      assert.equal(gist(await charge()), 'approved TXN-1');
      assert.equal(service.calls.length, 1);
    },
  ),
];

/** Cases about idle connections. */
export const idleCases: readonly GatewayContractCase[] = [
  afterAPause('drops', 'by-reservation-id'),
  afterAPause('drops', 'none'),
  afterAPause('resets', 'by-reservation-id'),
  afterAPause('resets', 'none'),
  ...letGo,
];
