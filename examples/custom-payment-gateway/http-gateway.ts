import { formatMoney, type PaymentGateway, type PaymentOutcome } from '@reservations/core';
import type { ChargeOptions, ChargeRequest } from '@reservations/core/ports';

/** How long one attempt may take. */
const ATTEMPT_TIMEOUT_MS = 2_000;

/** Charges at a time; the engine makes no more, and refuses requests beyond them before they are recorded. */
const CHARGES_MAX = 200;

/**
 * A payment gateway over HTTP, with one attempt for each charge: what it leaves unknown, the engine settles by
 * charging again with the same idempotency key.
 *
 * The art is in saying "not-sent" only with proof and "declined" only on the provider's own word. Everything
 * else is "unknown", which is never wrong.
 */
export function createHttpPaymentGateway(baseUrl: string): PaymentGateway {
  return {
    idempotency: 'by-reservation-id',
    chargesMax: CHARGES_MAX,
    charge: (request, options) => charge(baseUrl, request, options),
    close: () => Promise.resolve(),
  };
}

async function charge(baseUrl: string, request: ChargeRequest, options: ChargeOptions): Promise<PaymentOutcome> {
  if (!options.maySend()) return { kind: 'not-sent', cause: 'stopped', detail: 'no attempt may start now' };
  const { reservationId, userId, money } = request;
  try {
    const response = await fetch(`${baseUrl}/charges`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Idempotency-Key': reservationId },
      body: JSON.stringify({ customer: userId, amount: formatMoney(money), currency: money.currency }),
      signal: AbortSignal.any([options.signal, AbortSignal.timeout(ATTEMPT_TIMEOUT_MS)]),
    });
    return outcomeOf(response.status, (await response.json()) as { id?: unknown; error?: unknown });
  } catch (error) {
    return outcomeOfFailure(error);
  }
}

function outcomeOf(status: number, body: { readonly id?: unknown; readonly error?: unknown }): PaymentOutcome {
  if (status === 201 && typeof body.id === 'string') {
    return { kind: 'approved', transactionId: body.id, message: 'Payment processed' };
  }
  if (status === 402 && typeof body.error === 'string') return { kind: 'declined', message: body.error };
  return { kind: 'unknown', cause: 'service-error', detail: `HTTP ${status}` };
}

/** A refused connection proves that nothing was sent; a connection that broke, or a time-out, proves nothing. */
function outcomeOfFailure(error: unknown): PaymentOutcome {
  const cause = error instanceof Error ? (error.cause as { readonly code?: string } | undefined) : undefined;
  if (cause?.code === 'ECONNREFUSED') return { kind: 'not-sent', cause: 'no-connection', detail: 'connection refused' };
  return { kind: 'unknown', cause: 'connection-lost', detail: String(error) };
}
