import { status } from '@grpc/grpc-js';
import type { PaymentOutcome, UnknownCause } from '../../domain/payment-outcome.ts';
import type { ReceivedPaymentResponse } from '../../proto/messages.ts';
import { boundedText, DETAIL_LENGTH_MAX, MESSAGE_LENGTH_MAX, readTransactionId } from './reply-text.ts';

/** All that is known of an attempt when it ends. */
export type AttemptSignal =
  | { readonly kind: 'reply'; readonly reply: ReceivedPaymentResponse }
  | AttemptError
  /** HTTP/2 states that the request was not processed, by a refused stream or a GOAWAY; no status text says so. */
  | { readonly kind: 'stream-refused' }
  /** The attempt was not begun: the caller aborted, may no longer send, or the gateway is closed. */
  | { readonly kind: 'withheld' };

/** An attempt that ended with a status other than OK, from the service or made on the way to it. */
export interface AttemptError {
  readonly kind: 'error';
  /** What a service sends may be any number; every one that is not known is unknown here, too. */
  readonly code: status;
  readonly details: string;
  /** `transaction-id` of the trailers. */
  readonly trailingTransactionId: string | null;
  /** True when the request was given to an established connection that did not refuse it: it may have been executed. */
  readonly handedOver: boolean;
  /** True when it was us who cancelled the call. */
  readonly cancelledByUs: boolean;
}

/** What one attempt means. */
export interface AttemptResult {
  readonly outcome: PaymentOutcome;
  /** Whether another attempt may follow; "if-idempotent" when this one may have been executed. */
  readonly retry: 'yes' | 'if-idempotent' | 'no';
  /** True when the attempt speaks against the health of the service or of the way to it. */
  readonly breaks: boolean;
}

/** The classification of a payment attempt. Whatever is not proved to be otherwise is unknown. */
export function classifyAttempt(signal: AttemptSignal): AttemptResult {
  switch (signal.kind) {
    case 'reply':
      return classifyReply(signal.reply);
    case 'error':
      return classifyError(signal);
    case 'stream-refused':
      return { outcome: STREAM_REFUSED, retry: 'yes', breaks: true };
    case 'withheld':
      return { outcome: STOPPED, retry: 'no', breaks: false };
  }
}

/**
 * The proof that a request never left this process. Two witnesses must agree: no connection has the request
 * (it was given to none, or the one that had it refused it), and the text is one that grpc-js uses for calls in that state. The text alone proves nothing, since a
 * service that calls others over gRPC may pass their errors on, word for word.
 */
export function provesNotSent(error: AttemptError): boolean {
  if (error.handedOver) return false;
  if (error.code === status.UNAVAILABLE) return UNAVAILABLE_UNSENT.test(error.details);
  if (error.code === status.DEADLINE_EXCEEDED) return DEADLINE_UNSENT.test(error.details);
  return error.code === status.CANCELLED && error.cancelledByUs;
}

/** No connection could be made, or the channel was replaced while the call waited for one. */
const UNAVAILABLE_UNSENT = /^(No connection established|Name resolution failed|Channel closed before call started)/;

/** What a call says that it was doing when its deadline came; once it was sent, the text ends with the peer's address. */
const DEADLINE_UNSENT = /(waiting for name resolution|waiting for metadata filters|Waiting for LB pick)$/;

/** Outcome of an attempt that was withheld or cancelled before anything was sent. */
export const STOPPED: PaymentOutcome = { kind: 'not-sent', cause: 'stopped', detail: 'stopped before it was sent' };

const STREAM_REFUSED: PaymentOutcome = {
  kind: 'not-sent',
  cause: 'stream-refused',
  detail: 'the payment service refused the HTTP/2 stream before it was processed',
};

function classifyReply(reply: ReceivedPaymentResponse): AttemptResult {
  const message = boundedText(reply.message, MESSAGE_LENGTH_MAX);
  if (reply.success) {
    const transactionId = readTransactionId(reply.transaction_id);
    if (transactionId !== null) return final({ kind: 'approved', transactionId, message });
    return malformed('success without a usable transaction_id');
  }
  // An empty reply decodes as success=false: only a decline that says why is one.
  if (message.trim() === '') return malformed('neither success nor a message');
  return final({ kind: 'declined', message });
}

function classifyError(error: AttemptError): AttemptResult {
  if (provesNotSent(error)) {
    if (error.cancelledByUs) return { outcome: STOPPED, retry: 'no', breaks: false };
    const outcome = { kind: 'not-sent', cause: 'no-connection', detail: describe(error) } as const;
    return { outcome, retry: 'yes', breaks: true };
  }
  if (error.cancelledByUs && error.code === status.CANCELLED) return unknown(error, 'cancelled', 'no', false);
  switch (error.code) {
    case status.INVALID_ARGUMENT:
    case status.NOT_FOUND:
    case status.FAILED_PRECONDITION:
    case status.OUT_OF_RANGE:
      return final({ kind: 'refused', message: boundedText(error.details, MESSAGE_LENGTH_MAX) || describe(error) });
    case status.ALREADY_EXISTS:
      return classifyAlreadyExists(error);
    case status.UNAUTHENTICATED:
    case status.PERMISSION_DENIED:
      return unknown(error, 'misconfigured', 'no', false);
    case status.DEADLINE_EXCEEDED:
      return unknown(error, 'deadline-exceeded', 'if-idempotent', true);
    case status.UNAVAILABLE:
      return unknown(error, isConnectionLoss(error) ? 'connection-lost' : 'service-error', 'if-idempotent', true);
    case status.OK:
    case status.CANCELLED:
    case status.UNKNOWN:
    case status.RESOURCE_EXHAUSTED:
    case status.ABORTED:
    case status.UNIMPLEMENTED:
    case status.INTERNAL:
    case status.DATA_LOSS:
  }
  return unknown(error, 'service-error', 'if-idempotent', true);
}

/** After a lost reply this means "already charged"; only a transaction id in the trailers makes it certain. */
function classifyAlreadyExists(error: AttemptError): AttemptResult {
  const transactionId = readTransactionId(error.trailingTransactionId ?? '');
  if (transactionId === null) return unknown(error, 'already-exists', 'no', false);
  return final({ kind: 'approved', transactionId, message: boundedText(error.details, MESSAGE_LENGTH_MAX) });
}

/** Texts of grpc-js and Node for a connection that ended under a call. A label for people; nothing depends on it. */
function isConnectionLoss(error: AttemptError): boolean {
  return /^Connection dropped|ECONNRESET|ETIMEDOUT|EPIPE/.test(error.details);
}

function final(outcome: PaymentOutcome): AttemptResult {
  return { outcome, retry: 'no', breaks: false };
}

/** Who answers is reachable: one reservation that the service stumbles over must not keep the others away. */
function malformed(detail: string): AttemptResult {
  return { outcome: { kind: 'unknown', cause: 'malformed-reply', detail }, retry: 'if-idempotent', breaks: false };
}

function unknown(
  error: AttemptError,
  cause: UnknownCause,
  retry: AttemptResult['retry'],
  breaks: boolean,
): AttemptResult {
  return { outcome: { kind: 'unknown', cause, detail: describe(error) }, retry, breaks };
}

function describe(error: AttemptError): string {
  return boundedText(`${status[error.code] ?? 'status'} (${error.code}): ${error.details}`, DETAIL_LENGTH_MAX);
}
