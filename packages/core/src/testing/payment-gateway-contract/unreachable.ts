import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { passOn, type Peer, refusedPort, startPeer } from './broken-peers.ts';
import { type GatewayContractCase, gist, withGateway } from './case.ts';
import { APPROVAL, startScriptedService } from './scripted-service.ts';

/** Longest time until a service that is available again is used. */
const NOTICED_WITHIN_MS = 8_000;

async function onPeer(accept: Parameters<typeof startPeer>[0], body: (peer: Peer) => Promise<void>): Promise<void> {
  const peer = await startPeer(accept);
  try {
    await body(peer);
  } finally {
    await peer.stop();
  }
}

const unreached: readonly GatewayContractCase[] = [
  {
    title: 'a refused connection is not sent, after three attempts',
    run: async (harness) => {
      const asked: number[] = [];
      await withGateway(harness, { host: '127.0.0.1', port: await refusedPort() }, async ({ charge }) => {
        const outcome = await charge({ maySend: () => asked.push(1) > 0 });
        assert.equal(gist(outcome), 'not-sent no-connection');
        assert.equal(asked.length, 3);
      });
    },
  },
  {
    title: 'a refused connection is tried again without idempotency, too',
    run: async (harness) => {
      const asked: number[] = [];
      const tuning = { host: '127.0.0.1', port: await refusedPort(), idempotency: 'none' } as const;
      await withGateway(harness, tuning, async ({ charge }) => {
        assert.equal(gist(await charge({ maySend: () => asked.push(1) > 0 })), 'not-sent no-connection');
        assert.equal(asked.length, 3);
      });
    },
  },
  {
    title: 'a name that does not resolve is not sent',
    run: (harness) =>
      withGateway(harness, { host: 'payment.invalid', port: 50_051 }, async ({ charge }) => {
        assert.equal(gist(await charge()), 'not-sent no-connection');
      }),
  },
  {
    title: 'a peer that accepts and never speaks is not sent, and is left with no connection',
    run: (harness) =>
      onPeer(
        (socket) => socket.resume(),
        async (peer) => {
          const { host, port } = peer;
          await withGateway(harness, { host, port, attemptTimeoutMs: 100 }, async ({ charge }) => {
            const outcomes = await Promise.all([charge(), charge()]);
            const gists = outcomes.map((outcome) => gist(outcome));
            assert.deepEqual(gists, ['not-sent no-connection', 'not-sent no-connection']);
          });
          for (let tries = 0; peer.connections() > 0 && tries < 1_000; tries += 1) await wait(10);
          assert.equal(peer.connections(), 0);
        },
      ),
  },
  {
    title: 'a peer that hangs up at once is not sent',
    run: (harness) =>
      onPeer(
        (socket) => socket.destroy(),
        ({ host, port }) =>
          withGateway(harness, { host, port }, async ({ charge }) => {
            assert.equal(gist(await charge()), 'not-sent no-connection');
          }),
      ),
  },
  {
    title: 'a peer that speaks HTTP/1.1 is not sent',
    run: (harness) =>
      onPeer(
        (socket) => socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'),
        ({ host, port }) =>
          withGateway(harness, { host, port }, async ({ charge }) => {
            assert.equal(gist(await charge()), 'not-sent no-connection');
          }),
      ),
  },
];

const back: readonly GatewayContractCase[] = [
  {
    title: 'a connection whose peer never speaks is given up for a new one within the charge',
    run: async (harness) => {
      const service = await startScriptedService([APPROVAL]);
      try {
        await onPeer(
          (socket, number) => (number === 1 ? socket.resume() : passOn(socket, service.port)),
          ({ host, port }) =>
            withGateway(harness, { host, port, attemptTimeoutMs: 500 }, async ({ charge }) => {
              assert.equal(gist(await charge()), 'approved TXN-1');
            }),
        );
        assert.equal(service.calls.length, 1);
      } finally {
        await service.stop();
      }
    },
  },
  {
    title: 'a service that comes back is found within seconds',
    run: async (harness) => {
      const first = await startScriptedService([APPROVAL]);
      const { host, port } = first;
      await withGateway(
        harness,
        { host, port, breaker: { failuresMax: 2, lastingMs: 0, openMs: 100 } },
        async ({ charge }) => {
          assert.equal(gist(await charge()), 'approved TXN-1');
          await first.stop();
          assert.notEqual((await charge()).kind, 'approved');
          const second = await startScriptedService([APPROVAL], port);
          try {
            const giveUpAt = Date.now() + NOTICED_WITHIN_MS;
            let outcome = await charge();
            while (outcome.kind !== 'approved' && Date.now() < giveUpAt) {
              await wait(50);
              outcome = await charge();
            }
            assert.equal(gist(outcome), 'approved TXN-1');
          } finally {
            await second.stop();
          }
        },
      );
    },
  },
];

/** Cases about a payment service that cannot be reached. */
export const unreachableCases: readonly GatewayContractCase[] = [...unreached, ...back];
