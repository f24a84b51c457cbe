import { ChannelCredentials } from '@grpc/grpc-js';
import { checkOneOf, checkText, checkWholeNumber, invalidOption } from '../../options.ts';
import type { Observers } from '../../ports/observer.ts';
import type { Tracer } from '../../ports/tracer.ts';
import type { PaymentIdempotency } from '../../ports/payment-gateway.ts';
import type { PaymentBalancing, PaymentChannel } from './channel.ts';
import type { PaymentTlsOptions } from './payment-tls.ts';
import type { ChargePolicyOptions } from './policy.ts';

/** Address and protection of a payment service. */
export interface GrpcPaymentGatewayOptions {
  /** Name or address, without a port. */
  readonly host: string;
  readonly port: number;
  /** Guarantee of the service for a repeated charge. Default 'by-reservation-id'. */
  readonly idempotency?: PaymentIdempotency;
  /** Encryption by files that are read again when they change. Default: none. */
  readonly tls?: PaymentTlsOptions;
  /** Credentials of your own, instead of `tls`. Default: plain text. */
  readonly credentials?: ChannelCredentials;
  /** How charges are spread over the addresses of `host`. Default 'pick-first'. */
  readonly balancing?: PaymentBalancing;
  /** Deadline of each attempt, including connecting. Default 5000. */
  readonly attemptTimeoutMs?: number;
  /**
   * Time without a call after which the connection is closed, 1000 to 86400000. Default 30000. Keep it below the shortest
   * idle timeout of the load balancers, NAT gateways and firewalls on the path.
   */
  readonly idleTimeoutMs?: number;
  /** Attempts of one charge, 1 to {@link ATTEMPTS_MAX}. Default {@link ATTEMPTS_MAX}. */
  readonly attemptsMax?: number;
  /** Concurrent charges, 1 to {@link CONCURRENCY_MAX}. Default {@link CONCURRENCY_DEFAULT}. */
  readonly concurrencyMax?: number;
  /** Charges that may wait for a free slot, 1 to {@link CONCURRENCY_MAX}. Default {@link CONCURRENCY_DEFAULT}. */
  readonly queueMax?: number;
  /** Consecutive failed attempts that open the breaker (10) if they span a time (500), and how long it stays open (2000). */
  readonly breaker?: { readonly failuresMax: number; readonly lastingMs: number; readonly openMs: number };
  /** Receives `attempt-ended` for each attempt. */
  readonly observer?: Observers;
  /** Records a span for each attempt, whose trace context is sent to the payment service. Default: none. */
  readonly tracer?: Tracer;
  /** Replaces the channel to host and port, for a simulated network. */
  readonly channel?: PaymentChannel;
}

/** Largest number of attempts of one charge. */
export const ATTEMPTS_MAX = 3;

/** Below the 50 to 60 s of HAProxy's examples, AWS ALB and strict firewalls; Azure drops after 240 s, AWS NLB after 350 s. */
export const IDLE_TIMEOUT_MS_DEFAULT = 30_000;

/** A shorter timeout would open a connection for nearly every charge. */
export const IDLE_TIMEOUT_MS_MIN = 1_000;

/** A day: practically never. */
export const IDLE_TIMEOUT_MS_MAX = 86_400_000;

/** Charges under way in one process, and as many waiting. */
export const CONCURRENCY_DEFAULT = 256;

/** A connection of HTTP/2 usually carries 100 to 250 calls at a time; beyond that, calls wait in grpc-js. */
export const CONCURRENCY_MAX = 100_000;

const ATTEMPT_TIMEOUT_MS_MAX = 60_000;
const LOOK_EVERY_MS_MIN = 10;
const LOOK_EVERY_MS_MAX = 3_600_000;
const COUNT_MAX = 100_000;
const OPEN_MS_MAX = 600_000;

const BREAKER_DEFAULT = { failuresMax: 10, lastingMs: 500, openMs: 2_000 };

/** Checked options with defaults. */
export interface GatewaySettings extends ChargePolicyOptions {
  /** "host:port", an IPv6 address in brackets. */
  readonly address: string;
  readonly credentials: ChannelCredentials;
  readonly balancing: PaymentBalancing;
  readonly attemptTimeoutMs: number;
  readonly idleTimeoutMs: number;
}

/**
 * Checks the options and applies the defaults.
 * @throws {ReservationError} INVALID_OPTION, naming option, expectation and value.
 */
export function readOptions(options: GrpcPaymentGatewayOptions): GatewaySettings {
  const { host, idempotency = 'by-reservation-id', credentials = ChannelCredentials.createInsecure() } = options;
  const { failuresMax, lastingMs, openMs } = options.breaker ?? BREAKER_DEFAULT;
  checkText('host', host, isHost, 'a name or an address, without a scheme or a port');
  checkOneOf('idempotency', idempotency, ['by-reservation-id', 'none']);
  if (!(credentials instanceof ChannelCredentials)) {
    throw invalidOption('credentials', 'ChannelCredentials of @grpc/grpc-js', credentials);
  }
  checkTls(options);
  const port = checkWholeNumber('port', options.port, 1, 65_535);
  return {
    address: host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`,
    idempotency,
    credentials,
    balancing: checkOneOf('balancing', options.balancing ?? 'pick-first', ['pick-first', 'round-robin']),
    attemptTimeoutMs: checkWholeNumber(
      'attemptTimeoutMs',
      options.attemptTimeoutMs ?? 5_000,
      1,
      ATTEMPT_TIMEOUT_MS_MAX,
    ),
    idleTimeoutMs: checkWholeNumber(
      'idleTimeoutMs',
      options.idleTimeoutMs ?? IDLE_TIMEOUT_MS_DEFAULT,
      IDLE_TIMEOUT_MS_MIN,
      IDLE_TIMEOUT_MS_MAX,
    ),
    attemptsMax: checkWholeNumber('attemptsMax', options.attemptsMax ?? ATTEMPTS_MAX, 1, ATTEMPTS_MAX),
    concurrencyMax: checkWholeNumber(
      'concurrencyMax',
      options.concurrencyMax ?? CONCURRENCY_DEFAULT,
      1,
      CONCURRENCY_MAX,
    ),
    queueMax: checkWholeNumber('queueMax', options.queueMax ?? CONCURRENCY_DEFAULT, 1, CONCURRENCY_MAX),
    breaker: {
      failuresMax: checkWholeNumber('breaker.failuresMax', failuresMax, 1, COUNT_MAX),
      lastingMs: checkWholeNumber('breaker.lastingMs', lastingMs, 0, OPEN_MS_MAX),
      openMs: checkWholeNumber('breaker.openMs', openMs, 1, OPEN_MS_MAX),
    },
  };
}

function checkTls({ tls, credentials }: GrpcPaymentGatewayOptions): void {
  if (tls === undefined) return;
  if (credentials !== undefined) throw invalidOption('tls', 'nothing beside credentials', tls);
  for (const name of ['caFile', 'certFile', 'keyFile'] as const) {
    if (tls[name] !== undefined) checkText(`tls.${name}`, tls[name], (text) => text !== '', 'the path of a file');
  }
  if ((tls.certFile === undefined) !== (tls.keyFile === undefined)) {
    throw invalidOption('tls', 'certFile and keyFile together', tls);
  }
  if (tls.serverName !== undefined) checkText('tls.serverName', tls.serverName, isHost, 'a name or an address');
  checkWholeNumber('tls.lookEveryMs', tls.lookEveryMs ?? LOOK_EVERY_MS_MIN, LOOK_EVERY_MS_MIN, LOOK_EVERY_MS_MAX);
}

function isHost(text: string): boolean {
  return /^[A-Za-z0-9._:-]+$/.test(text);
}
