import { status } from '@grpc/grpc-js';
import { describe, expect, test } from 'vitest';
import type { PaymentOutcome } from '../../domain/payment-outcome.ts';
import type { PaymentGateway } from '../../ports/payment-gateway.ts';
import type { GatewayTuning } from '../../testing/payment-gateway-contract/case.ts';
import { paymentGatewayContract } from '../../testing/payment-gateway-contract/contract.ts';
import { createPaymentChannel, type PaymentChannel } from './channel.ts';
import { createGrpcPaymentGateway } from './gateway.ts';
import { readOptions } from './options.ts';
import type { AttemptError, AttemptSignal } from './outcome.ts';

interface Sabotage {
  readonly bug: string;
  /** The case that must see it. */
  readonly seenBy: string;
  open(tuning: GatewayTuning): PaymentGateway;
}

const REFUSED_STATUS: AttemptError = {
  kind: 'error',
  code: status.UNAVAILABLE,
  details: 'Stream refused by server',
  trailingTransactionId: null,
  handedOver: true,
  cancelledByUs: false,
  certificateFault: null,
};

const SABOTAGES: readonly Sabotage[] = [
  {
    bug: 'a missed deadline is taken for a request that was never sent',
    seenBy: 'no answer by the deadline is unknown, three times',
    open: misreading((signal) =>
      signal.kind === 'error' && signal.code === status.DEADLINE_EXCEEDED
        ? { ...signal, handedOver: false, details: 'Waiting for LB pick' }
        : signal,
    ),
  },
  {
    bug: 'the words of the service are taken for those of grpc-js',
    seenBy: 'a service that says "Name resolution failed for target dns:ledger:50051" was reached',
    open: misreading((signal) => (signal.kind === 'error' ? { ...signal, handedOver: false } : signal)),
  },
  {
    bug: 'an empty reply is taken for a decline',
    seenBy: 'an empty reply is no decline',
    open: misreading((signal) =>
      signal.kind === 'reply' && !signal.reply.success && signal.reply.message === ''
        ? { kind: 'reply', reply: { ...signal.reply, message: 'declined' } }
        : signal,
    ),
  },
  {
    bug: 'ALREADY_EXISTS is taken for a refusal',
    seenBy: 'ALREADY_EXISTS is "unknown already-exists" after 1 call',
    open: misreading((signal) =>
      signal.kind === 'error' && signal.code === status.ALREADY_EXISTS
        ? { ...signal, code: status.INVALID_ARGUMENT }
        : signal,
    ),
  },
  {
    bug: 'there is a fourth attempt',
    seenBy: 'UNAVAILABLE is "unknown service-error" after 3 calls',
    open: charging(async (gateway, ...charge) => {
      const outcome = await gateway.charge(...charge);
      return outcome.kind === 'unknown' ? gateway.charge(...charge) : outcome;
    }),
  },
  {
    bug: 'the last attempt counts instead of the worst',
    seenBy: 'one attempt without an answer outweighs two that were refused',
    open: charging(
      async (gateway, ...charge) => {
        let outcome = await gateway.charge(...charge);
        for (let attempt = 2; attempt <= 3; attempt += 1) outcome = await gateway.charge(...charge);
        return outcome;
      },
      { attemptsMax: 1 },
    ),
  },
  {
    bug: 'maySend is not called',
    seenBy: 'what may be sent only once stays as the first attempt left it',
    open: charging((gateway, request, options) => gateway.charge(request, { ...options, maySend: () => true })),
  },
  {
    bug: 'the signal is not heard',
    seenBy: 'an aborted charge is not sent',
    open: charging((gateway, request, options) =>
      gateway.charge(request, { ...options, signal: new AbortController().signal }),
    ),
  },
  {
    bug: 'a service without idempotency is treated like one with it',
    seenBy: 'without idempotency nothing is sent after a cut connection',
    open: (tuning) => createGrpcPaymentGateway({ ...tuning, idempotency: 'by-reservation-id' }),
  },
  {
    bug: 'a refused stream is taken for an attempt that may have been executed',
    seenBy: 'a refused stream is repeated',
    open: misreading((signal) => (signal.kind === 'stream-refused' ? REFUSED_STATUS : signal)),
  },
  {
    bug: 'the words of grpc-js for a refused stream are believed',
    seenBy: 'a bare status with the words "Stream refused by server" is unknown',
    open: misreading((signal) =>
      signal.kind === 'error' && signal.details === REFUSED_STATUS.details ? { kind: 'stream-refused' } : signal,
    ),
  },
  {
    bug: 'the transport repeats a refused stream by itself',
    seenBy:
      'a stream that is always refused is not sent, after three attempts, each of which asked whether it may be sent',
    open(tuning) {
      const channel = channelTo(tuning);
      return createGrpcPaymentGateway({
        ...tuning,
        channel: {
          ...channel,
          async send(...call) {
            const ended = await channel.send(...call);
            return ended.kind === 'stream-refused' ? channel.send(...call) : ended;
          },
        },
      });
    },
  },
  {
    bug: 'an idle connection is kept',
    seenBy: 'the first charge after a pause is sent once, without idempotency, when the way drops what is idle',
    open: (tuning) => createGrpcPaymentGateway({ ...tuning, idleTimeoutMs: 600_000 }),
  },
  {
    bug: 'a connection that was reset in its sleep is kept',
    seenBy: 'the first charge after a pause is sent once, with idempotency, when the way resets what is idle',
    open: (tuning) => createGrpcPaymentGateway({ ...tuning, idleTimeoutMs: 600_000 }),
  },
  {
    bug: 'the charges that wait are not counted among those that are taken',
    seenBy: 'a gateway takes as many charges as it says, under way and waiting; a further one is not sent',
    open: (tuning) => ({ ...createGrpcPaymentGateway(tuning), chargesMax: tuning.concurrencyMax }),
  },
  {
    bug: 'every attempt has an idempotency key of its own',
    seenBy: 'every attempt is the same request with the reservation as its idempotency key',
    open(tuning) {
      const channel = channelTo(tuning);
      let attempts = 0;
      return createGrpcPaymentGateway({
        ...tuning,
        channel: {
          ...channel,
          send(request, ...rest) {
            attempts += 1;
            return channel.send({ ...request, reservation_id: `${request.reservation_id}-${attempts}` }, ...rest);
          },
        },
      });
    },
  },
];

function channelTo(tuning: GatewayTuning): PaymentChannel {
  return createPaymentChannel(readOptions(tuning));
}

/** A gateway that misreads how attempts end. */
function misreading(misread: (signal: AttemptSignal) => AttemptSignal): Sabotage['open'] {
  return (tuning) => {
    const channel = channelTo(tuning);
    return createGrpcPaymentGateway({
      ...tuning,
      channel: { ...channel, send: async (...call) => misread(await channel.send(...call)) },
    });
  };
}

/** A gateway that goes wrong about the charge as a whole. */
function charging(
  charge: (gateway: PaymentGateway, ...args: Parameters<PaymentGateway['charge']>) => Promise<PaymentOutcome>,
  settings: { readonly attemptsMax?: number } = {},
): Sabotage['open'] {
  return (tuning) => {
    const gateway = createGrpcPaymentGateway({ ...tuning, ...settings });
    return { ...gateway, charge: (...args) => charge(gateway, ...args) };
  };
}

describe('the contract sees', () => {
  for (const { bug, seenBy, open } of SABOTAGES) {
    test.concurrent(bug, async () => {
      const found = paymentGatewayContract.find(({ title }) => title === seenBy);
      expect(found?.title).toBe(seenBy);
      await found?.run({ open: (tuning) => createGrpcPaymentGateway(tuning) });
      await expect(found?.run({ open })).rejects.toThrow('Expected values to be strictly');
    });
  }
});
