import { status } from '@grpc/grpc-js';
import { boundedDisplayText } from '../../domain/display-text.ts';
import type { PaymentOutcome, UnknownCause } from '../../domain/payment-outcome.ts';
import type { ReceivedPaymentResponse } from '../../proto/messages.ts';
import { DETAIL_LENGTH_MAX, MESSAGE_LENGTH_MAX, readTransactionId } from './reply-text.ts';

/** Result of one attempt as the channel reports it. */
export type AttemptSignal =
  | { readonly kind: 'reply'; readonly reply: ReceivedPaymentResponse }
  | AttemptError
  /** HTTP/2 states that the request was not processed, by a refused stream or a GOAWAY; no status text is involved. */
  | { readonly kind: 'stream-refused' }
  /** The attempt was not started: the caller aborted, may no longer send, or the gateway is closed. */
  | { readonly kind: 'withheld' };

/** An attempt that ended with a status other than OK, from the service or from the transport. */
export interface AttemptError {
  readonly kind: 'error';
  /** A service may send any number; a code outside of the table counts as unknown. */
  readonly code: status;
  readonly details: string;
  /** `transaction-id` of the trailers. */
  readonly trailingTransactionId: string | null;
  /** True when the request was handed to an established connection that did not refuse it: it may have been executed. */
  readonly handedOver: boolean;
  /** True when this client cancelled the call. */
  readonly cancelledByUs: boolean;
  /** Certificate that was not accepted in the last attempt to connect, in words; null without one. A label only. */
  readonly certificateFault: string | null;
}

/** Meaning of one attempt. */
export interface AttemptResult {
  readonly outcome: PaymentOutcome;
  /** Whether another attempt may follow; "if-idempotent" when this one may have been executed. */
  readonly retry: 'yes' | 'if-idempotent' | 'no';
  /** True when the attempt counts as a failure of the service or of the connection. */
  readonly breaks: boolean;
}

/** Classifies an attempt. Without proof of another outcome it is unknown. */
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
 * The proof that a request was not sent. Two witnesses must agree: no connection has the request (it was handed to none,
 * or the connection refused it), and the status text is one that grpc-js uses for calls in that state. The text alone
 * proves nothing, since a service may forward the error of another gRPC service word for word.
 */
export function provesNotSent(error: AttemptError): boolean {
  if (error.handedOver) return false;
  if (error.code === status.UNAVAILABLE) return UNAVAILABLE_UNSENT.test(error.details);
  if (error.code === status.DEADLINE_EXCEEDED) return DEADLINE_UNSENT.test(error.details);
  return error.code === status.CANCELLED && error.cancelledByUs;
}

/** No connection could be established, or the channel was replaced while the call waited for one. */
const UNAVAILABLE_UNSENT = /^(No connection established|Name resolution failed|Channel closed before call started)/;

/** Texts of a connection that failed before TLS: an earlier fault of a certificate is not the reason of this failure. */
const NETWORK_FAULT = /ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|^Name resolution failed/;

/** State of a call at its deadline; for a call that was sent the text ends with the peer's address. */
const DEADLINE_UNSENT = /(waiting for name resolution|waiting for metadata filters|Waiting for LB pick)$/;

/** Outcome of an attempt that was not started, or cancelled before anything was sent. */
export const STOPPED: PaymentOutcome = { kind: 'not-sent', cause: 'stopped', detail: 'stopped before it was sent' };

const STREAM_REFUSED: PaymentOutcome = {
  kind: 'not-sent',
  cause: 'stream-refused',
  detail: 'the payment service refused the HTTP/2 stream before it was processed',
};

function classifyReply(reply: ReceivedPaymentResponse): AttemptResult {
  const message = boundedDisplayText(reply.message, MESSAGE_LENGTH_MAX);
  if (reply.success) {
    const transactionId = readTransactionId(reply.transaction_id);
    if (transactionId !== null) return final({ kind: 'approved', transactionId, message });
    return malformed('success without a usable transaction_id');
  }
  // An empty reply decodes as success=false: a decline needs a message.
  if (message.trim() === '') return malformed('neither success nor a message');
  return final({ kind: 'declined', message });
}

function classifyError(error: AttemptError): AttemptResult {
  if (provesNotSent(error)) {
    if (error.cancelledByUs) return { outcome: STOPPED, retry: 'no', breaks: false };
    const outcome: PaymentOutcome =
      error.certificateFault === null || NETWORK_FAULT.test(error.details)
        ? { kind: 'not-sent', cause: 'no-connection', detail: describe(error) }
        : {
            kind: 'not-sent',
            cause: 'certificate',
            detail: boundedDisplayText(error.certificateFault, DETAIL_LENGTH_MAX),
          };
    return { outcome, retry: 'yes', breaks: true };
  }
  if (error.cancelledByUs && error.code === status.CANCELLED) return unknown(error, 'cancelled', 'no', false);
  switch (error.code) {
    case status.INVALID_ARGUMENT:
    case status.NOT_FOUND:
    case status.FAILED_PRECONDITION:
    case status.OUT_OF_RANGE:
      return final({
        kind: 'refused',
        message: boundedDisplayText(error.details, MESSAGE_LENGTH_MAX) || describe(error),
      });
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

/** After a lost reply this means "already charged"; only a transaction id in the trailers proves it. */
function classifyAlreadyExists(error: AttemptError): AttemptResult {
  const transactionId = readTransactionId(error.trailingTransactionId ?? '');
  if (transactionId === null) return unknown(error, 'already-exists', 'no', false);
  return final({ kind: 'approved', transactionId, message: boundedDisplayText(error.details, MESSAGE_LENGTH_MAX) });
}

/** Texts of grpc-js and Node for a connection that ended during a call. A label for operators; no decision depends on it. */
function isConnectionLoss(error: AttemptError): boolean {
  return /^Connection dropped|ECONNRESET|ETIMEDOUT|EPIPE/.test(error.details);
}

function final(outcome: PaymentOutcome): AttemptResult {
  return { outcome, retry: 'no', breaks: false };
}

/** A service that responds is reachable: a fault of one reservation must not open the breaker for the others. */
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
  return boundedDisplayText(`${status[error.code] ?? 'status'} (${error.code}): ${error.details}`, DETAIL_LENGTH_MAX);
}
