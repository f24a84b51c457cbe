import assert from 'node:assert/strict';
import { type GatewayBench, type GatewayContractCase, type GatewayTuning, gist, withGateway } from './case.ts';
import { type Http2Service, type StreamAnswer, startHttp2Service } from './http2-service.ts';

const APPROVE: StreamAnswer = { kind: 'approve', afterMs: 0 };
const REFUSE: StreamAnswer = { kind: 'refuse', afterHeaders: false };
const GO_AWAY_BEFORE: StreamAnswer = { kind: 'goaway', lastStream: 'before', afterwards: 'stay' };

/** gRPC's UNAVAILABLE. */
const UNAVAILABLE = 14;

/** Every case uses a service without a guarantee for repeated charges. */
function onStreams(
  title: string,
  setting: { readonly answers: readonly StreamAnswer[] } & Partial<GatewayTuning>,
  body: (bench: GatewayBench & { readonly service: Http2Service }) => Promise<void>,
): GatewayContractCase {
  return {
    title,
    async run(harness) {
      const { answers, ...tuning } = setting;
      const service = await startHttp2Service(answers);
      try {
        const { host, port } = service;
        await withGateway(harness, { idempotency: 'none', ...tuning, host, port }, (bench) =>
          body({ ...bench, service }),
        );
      } finally {
        await service.stop();
      }
    },
  };
}

const repeated: readonly GatewayContractCase[] = [
  onStreams('a refused stream is repeated', { answers: [REFUSE, APPROVE] }, async ({ charge, service }) => {
    assert.equal(gist(await charge()), 'approved TXN-1');
    assert.deepEqual([service.streams(), service.charges()], [2, 1]);
  }),
  onStreams(
    'a stream behind the last one of a GOAWAY is repeated, and the one before it is waited for',
    { answers: [{ kind: 'approve', afterMs: 200 }, GO_AWAY_BEFORE, APPROVE] },
    async ({ charge, service }) => {
      const outcomes = await Promise.all([charge(), charge()]);
      assert.deepEqual(
        outcomes.map((outcome) => gist(outcome)),
        ['approved TXN-1', 'approved TXN-1'],
      );
      assert.deepEqual([service.streams(), service.charges()], [3, 2]);
    },
  ),
  onStreams(
    'a stream that is always refused is not sent, after three attempts, each of which asked whether it may be sent',
    { answers: [REFUSE] },
    async ({ charge, service }) => {
      let asked = 0;
      assert.equal(gist(await charge({ maySend: () => (asked += 1) > 0 })), 'not-sent stream-refused');
      assert.deepEqual([asked, service.streams(), service.charges()], [3, 3, 0]);
    },
  ),
  onStreams(
    'a refused stream is not repeated when it may not be sent any more',
    { answers: [REFUSE, APPROVE] },
    async ({ charge, service }) => {
      let asked = 0;
      const outcome = await charge({ maySend: () => (asked += 1) === 1 });
      assert.equal(outcome.kind, 'not-sent');
      assert.deepEqual([service.streams(), service.charges()], [1, 0]);
    },
  ),
  onStreams(
    'a service that refuses a stream by GOAWAY and ends was not sent anything',
    { answers: [APPROVE, { kind: 'goaway', lastStream: 'before', afterwards: 'end' }] },
    async ({ charge, service }) => {
      assert.equal(gist(await charge()), 'approved TXN-1');
      assert.equal(gist(await charge()), 'not-sent no-connection');
      assert.deepEqual([service.streams(), service.charges()], [2, 1]);
    },
  ),
];

const unproved: readonly GatewayContractCase[] = [
  onStreams(
    'a stream that is the last one of a GOAWAY may have been processed: cut afterwards, it is unknown',
    { answers: [{ kind: 'goaway', lastStream: 'this', afterwards: 'cut' }, APPROVE] },
    async ({ charge, service }) => {
      assert.equal(gist(await charge()), 'unknown connection-lost');
      assert.equal(service.streams(), 1);
    },
  ),
  onStreams(
    'a stream that is the last one of a GOAWAY with an error code may have been processed: it is unknown',
    { answers: [{ kind: 'error-goaway' }, APPROVE] },
    async ({ charge, service }) => {
      assert.equal((await charge()).kind, 'unknown');
      assert.equal(service.streams(), 1);
    },
  ),
  onStreams(
    'a stream that is refused behind response headers may have been processed: it is unknown',
    { answers: [{ kind: 'refuse', afterHeaders: true }, APPROVE] },
    async ({ charge, service }) => {
      assert.equal((await charge()).kind, 'unknown');
      assert.equal(service.streams(), 1);
    },
  ),
  ...[
    'Stream refused by server',
    'the stream was refused; the transport must not repeat it',
    'No connection established. Last error: none',
    'Getting metadata from plugin failed with error: the stream was refused; the transport must not repeat it',
  ].map((details) =>
    onStreams(
      `a bare status with the words "${details}" is unknown`,
      { answers: [{ kind: 'status', code: UNAVAILABLE, details }, APPROVE] },
      async ({ charge, service }) => {
        assert.equal((await charge()).kind, 'unknown');
        assert.equal(service.streams(), 1);
      },
    ),
  ),
  onStreams(
    'a refused stream does not settle what the attempt before it left open',
    {
      answers: [{ kind: 'status', code: UNAVAILABLE, details: 'not now' }, REFUSE],
      idempotency: 'by-reservation-id',
    },
    async ({ charge, service }) => {
      assert.equal(gist(await charge()), 'unknown service-error');
      assert.equal(service.streams(), 3);
    },
  ),
];

/** Cases about what HTTP/2 states about a request: not processed, or nothing. */
export const refusedStreamCases: readonly GatewayContractCase[] = [...repeated, ...unproved];
