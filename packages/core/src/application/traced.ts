import type { PaymentOutcome } from '../domain/payment-outcome.ts';
import type { PaymentGateway } from '../ports/payment-gateway.ts';
import type { ReservationStore } from '../ports/reservation-store.ts';
import type { Tracer } from '../ports/tracer.ts';

/** Attribute of spans that concern a reservation. */
export const RESERVATION_ID = 'reservations.reservation_id';

/** Returns the store, with a span for each append. Members are called on the store itself, which may be made of classes. */
export function traceStore(store: ReservationStore, tracer: Tracer): ReservationStore {
  const { events } = store;
  return {
    view: store.view,
    repair: store.repair,
    work: store.work,
    subscriptions: store.subscriptions,
    apiKeys: store.apiKeys,
    checkWritable: () => store.checkWritable(),
    close: () => store.close(),
    events: {
      readStream: (stream, range) => events.readStream(stream, range),
      readAll: (range) => events.readAll(range),
      lastPosition: () => events.lastPosition(),
      onCommit: (listener) => events.onCommit(listener),
      append: (request) =>
        tracer.inSpan('reservations append', { kind: 'internal' }, async (span) => {
          const result = await events.append(request);
          span.set({
            [RESERVATION_ID]: request.stream,
            'reservations.events': request.events.length,
            'reservations.append_result': result.kind,
          });
          return result;
        }),
    },
  };
}

/** Returns the gateway, with a span for each charge; its attempts are spans of the adapter. */
export function traceGateway(gateway: PaymentGateway, tracer: Tracer): PaymentGateway {
  return {
    get idempotency() {
      return gateway.idempotency;
    },
    get chargesMax() {
      return gateway.chargesMax;
    },
    close: () => gateway.close(),
    charge: (request, options) =>
      tracer.inSpan('reservations charge', { kind: 'internal' }, async (span) => {
        const outcome = await gateway.charge(request, options);
        span.set({ [RESERVATION_ID]: request.reservationId, 'reservations.payment_outcome': outcome.kind });
        const fault = faultOf(outcome);
        if (fault !== null) span.fail(fault);
        return outcome;
      }),
  };
}

/** The cause of an outcome without a verdict; null for a verdict, which is no fault. */
function faultOf(outcome: PaymentOutcome): string | null {
  return outcome.kind === 'not-sent' || outcome.kind === 'unknown' ? outcome.cause : null;
}
