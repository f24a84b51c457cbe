import { status } from '@grpc/grpc-js';
import type { PaymentGateway, PaymentOutcome } from '@reservations/core';
import type { PaymentChannel } from '@reservations/core/grpc';
import { type AttemptSignal, wasUnsent } from '../ports/payment-message.ts';
import { IN_PROGRESS } from '../ports/payment-service.ts';
import type { PlantedBug } from './planted-bug.ts';

/** Errors in the treatment of payments and their outcomes. */
export const PAYMENT_BUGS: readonly PlantedBug[] = [
  {
    name: 'failed-on-timeout',
    mistake: 'a deadline that passed is called a failure',
    plant: () => ({
      gateway: mapOutcome((outcome) =>
        outcome.kind === 'unknown' && outcome.cause === 'deadline-exceeded' ? declined : outcome,
      ),
    }),
  },
  {
    name: 'four-attempts',
    mistake: 'one attempt too many: three retries instead of three attempts',
    plant: () => ({ gateway: oneMoreAttempt }),
  },
  {
    name: 'last-error-wins',
    mistake: 'the last attempt decides, not the worst: a timeout and then a refused connection is "not sent"',
    plant: plantLastErrorWins,
  },
  {
    name: 'settlement-fails-on-not-sent',
    mistake: 'a refused connection proves that nothing was charged, whatever earlier attempts did',
    plant: () => ({ gateway: mapOutcome((outcome) => (outcome.kind === 'not-sent' ? declined : outcome)) }),
  },
  {
    name: 'strict-sends-twice',
    mistake: 'strict mode retries as if the service were idempotent',
    plant: () => ({
      gatewayOptions: { idempotency: 'by-reservation-id' },
      gateway: (gateway, process) => ({ ...gateway, idempotency: process.mode }),
    }),
  },
  {
    name: 'strict-settlement-resends',
    mistake: 'settlement sends again in strict mode',
    plant: () => ({ gateway: (gateway) => ({ ...gateway, idempotency: 'by-reservation-id' }) }),
  },
  {
    name: 'already-exists-declines',
    mistake: 'ALREADY_EXISTS is called a decline; after a lost reply it means "already charged"',
    plant: () => ({
      channel: mapSignal((signal) =>
        signal.kind === 'error' && signal.code === status.ALREADY_EXISTS
          ? { kind: 'reply', reply: { success: false, transaction_id: '', message: 'already exists' } }
          : signal,
      ),
    }),
  },
  {
    name: 'refusal-is-final',
    mistake: 'a refused repetition is called a decline, while the first call is in progress',
    plant: () => ({
      channel: mapSignal((signal) =>
        signal.kind === 'error' && signal.details === IN_PROGRESS
          ? { kind: 'reply', reply: { success: false, transaction_id: '', message: IN_PROGRESS } }
          : signal,
      ),
    }),
  },
  {
    name: 'empty-reply-declines',
    mistake: 'an empty reply decodes as success=false and is taken for a decline',
    plant: () => ({
      channel: mapSignal((signal) =>
        signal.kind === 'reply' && !signal.reply.success
          ? { kind: 'reply', reply: { ...signal.reply, message: 'declined' } }
          : signal,
      ),
    }),
  },
  {
    name: 'details-prove-not-sent',
    mistake: "an error's text alone proves that nothing was sent; a service may pass on such a text of its own",
    plant: () => ({
      channel: mapSignal((signal) => (signal.kind === 'error' ? { ...signal, handedOver: false } : signal)),
    }),
  },
  {
    name: 'amount-off-by-one',
    mistake: 'the amount is rounded up by one minor unit on its way to the payment service',
    plant: () => ({
      gateway: (gateway) => ({
        ...gateway,
        charge: (request, options) => {
          const { money } = request;
          return gateway.charge({ ...request, money: { ...money, amountMinor: money.amountMinor + 1 } }, options);
        },
      }),
    }),
  },
  {
    name: 'sends-after-stop',
    mistake: 'a send is not checked for permission: after shutdown began, or the lease ended',
    plant: () => ({
      gateway: (gateway) => ({
        ...gateway,
        charge: (request, { signal }) => gateway.charge(request, { signal, maySend: () => true }),
      }),
    }),
  },
  {
    name: 'sends-after-abort',
    mistake: "the caller's signal is not checked between attempts",
    plant: () => ({
      gateway: (gateway) => ({
        ...gateway,
        charge: (request, { maySend }) => gateway.charge(request, { signal: new AbortController().signal, maySend }),
      }),
    }),
  },
];

const declined: PaymentOutcome = { kind: 'declined', message: 'Payment failed' };

function mapOutcome(change: (outcome: PaymentOutcome) => PaymentOutcome): (gateway: PaymentGateway) => PaymentGateway {
  return (gateway) => ({
    ...gateway,
    charge: async (request, options) => change(await gateway.charge(request, options)),
  });
}

function mapSignal(change: (signal: AttemptSignal) => AttemptSignal): (channel: PaymentChannel) => PaymentChannel {
  return (channel) => ({
    ...channel,
    send: async (request, timeoutMs, signal) => change(await channel.send(request, timeoutMs, signal)),
  });
}

/** Sends a fourth time, and otherwise decides correctly. */
function oneMoreAttempt(gateway: PaymentGateway): PaymentGateway {
  return {
    ...gateway,
    async charge(request, options) {
      const outcome = await gateway.charge(request, options);
      const isOver = outcome.kind === 'approved' || outcome.kind === 'declined' || gateway.idempotency === 'none';
      if (isOver) return outcome;
      let isLeft = true;
      const maySend = (): boolean => {
        const may = isLeft && options.maySend();
        isLeft = false;
        return may;
      };
      const fourth = await gateway.charge(request, { ...options, maySend });
      return fourth.kind === 'not-sent' ? outcome : fourth;
    },
  };
}

/** Decides by each reservation's last attempt. */
function plantLastErrorWins(): ReturnType<PlantedBug['plant']> {
  const lastWasUnsent = new Map<string, boolean>();
  return {
    channel: (channel) => ({
      ...channel,
      async send(request, timeoutMs, signal) {
        const ended = await channel.send(request, timeoutMs, signal);
        lastWasUnsent.set(request.reservation_id ?? '', wasUnsent(ended));
        return ended;
      },
    }),
    gateway: (gateway) => ({
      ...gateway,
      async charge(request, options) {
        const outcome = await gateway.charge(request, options);
        if (outcome.kind !== 'unknown' || lastWasUnsent.get(request.reservationId) !== true) return outcome;
        return { kind: 'not-sent', cause: 'no-connection', detail: outcome.detail };
      },
    }),
  };
}
