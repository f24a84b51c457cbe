import {
  type ChannelCredentials,
  type ChannelOptions,
  connectivityState,
  Metadata,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import type { PaymentRequest, ReceivedPaymentResponse } from '../../proto/messages.ts';
import { type PaymentServiceClient, PaymentServiceStub } from '../../proto/payment-service.ts';
import { createRoster, type Roster } from '../../roster.ts';
import { certificateFault } from './certificate-fault.ts';
import { type HandOver, watchHandOver } from './hand-over.ts';
import type { AttemptError, AttemptSignal } from './outcome.ts';
import type { PaymentTls } from './payment-tls.ts';
import { TlsCredentials } from './tls-credentials.ts';
import { TrackedCredentials } from './tracked-credentials.ts';
import { withoutStackTrace } from './without-stack-trace.ts';

/** A reply has three short fields; grpc-js refuses a larger one before it is decoded. */
export const REPLY_BYTES_MAX = 65_536;

/** Metadata by which a payment service recognizes a repeated charge. */
const IDEMPOTENCY_KEY = 'idempotency-key';

/** Trailer in which a payment service names the charge that "already exists". */
const TRANSACTION_ID = 'transaction-id';

const CHANNEL_OPTIONS: ChannelOptions = {
  // Reconnects within seconds after an outage; the default backoff grows to two minutes.
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 2_000,
  'grpc.dns_min_time_between_resolutions_ms': 2_000,
  // Attempts are counted in the policy only, so that DNS must not configure retries. Retries are enabled because the
  // transport repeats a refused stream, and the hand-over of the repetition is where that is detected and stopped.
  'grpc.enable_retries': 1,
  'grpc.service_config_disable_resolution': 1,
  // Detects a peer that vanished without closing the connection while calls are running.
  'grpc.keepalive_time_ms': 30_000,
  'grpc.keepalive_timeout_ms': 5_000,
  'grpc.max_receive_message_length': REPLY_BYTES_MAX,
  // A channel that replaces another one must not inherit its connection.
  'grpc.use_local_subchannel_pool': 1,
  // Configuration comes by options, never from the environment.
  'grpc.enable_http_proxy': 0,
  'grpc.enable_channelz': 0,
};

/** The channel to the payment service. */
export interface PaymentChannel {
  /**
   * Sends one ProcessPayment and resolves with its result, at the latest after `timeoutMs`. Aborting the signal cancels the
   * call. `traceparent` travels as metadata. Never rejects.
   */
  send(
    request: PaymentRequest,
    timeoutMs: number,
    signal: AbortSignal,
    traceparent?: string | null,
  ): Promise<AttemptSignal>;
  /** Returns the state of the connection in use. */
  connection?(): ConnectionState;
  /** Cancels running calls and closes the connections. Idempotent. */
  close(): void;
}

/** State of a connection to the payment service, as gRPC names it. 'idle': the next call connects. */
export type ConnectionState = 'idle' | 'connecting' | 'ready' | 'transient-failure' | 'shutdown';

/**
 * How calls are spread over the addresses of a name. 'pick-first': one connection, to the first address that accepts it.
 * 'round-robin': one connection to each address, in turn.
 */
export type PaymentBalancing = 'pick-first' | 'round-robin';

const BALANCING_OPTIONS: Readonly<Record<PaymentBalancing, ChannelOptions>> = {
  'pick-first': {},
  'round-robin': { 'grpc.service_config': JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] }) },
};

/** A gRPC channel with what is needed to replace it. */
interface Lane {
  readonly client: PaymentServiceClient;
  readonly credentials: TrackedCredentials;
  /** Certificate that was not accepted in the last attempt to connect, in words; null without one. */
  certificateFault(): string | null;
  /** Cancel functions of the running calls. */
  readonly calls: Roster<() => void>;
  /** Calls that ended with any response from the peer. */
  answers: number;
  /** End of the last call; null before the first call. */
  quietSince: Moment | null;
  retired: boolean;
}

/** A point in time by both clocks: one stands still while the machine sleeps, the other can be set. */
interface Moment {
  readonly monotonicMs: number;
  readonly wallMs: number;
}

/** Address and idle timeout of the channel. */
export interface PaymentChannelOptions {
  /** "host:port". */
  readonly address: string;
  readonly credentials: ChannelCredentials;
  /** Replaces `credentials`. */
  readonly tls?: PaymentTls;
  /** How calls are spread over the addresses of a name. Default 'pick-first'. */
  readonly balancing?: PaymentBalancing;
  /** Time without a call after which the connection is closed; the next call opens a new one. */
  readonly idleTimeoutMs: number;
}

/**
 * Connects on the first call. The channel is replaced when an attempt reached its deadline without any response on the
 * channel: grpc-js keeps a peer that accepts TCP and never speaks HTTP/2. It is also replaced when it was idle: devices on
 * the path drop idle connections silently, and a request on such a connection is lost. The idle timeout of grpc-js keeps
 * a connection up to 10 s longer and uses it again.
 */
export function createPaymentChannel(options: PaymentChannelOptions): PaymentChannel {
  const { idleTimeoutMs } = options;
  let closed = false;
  let current = openLane(options);
  let idleTimer: NodeJS.Timeout | undefined;
  /** Replaced channels with running calls. */
  const draining = new Set<Lane>();

  function replace(lane: Lane): void {
    if (lane !== current || closed) return;
    current = openLane(options);
    draining.add(lane);
    retire(lane);
    if (lane.calls.size === 0) draining.delete(lane);
  }

  /** A timer may fire late, so that the clock is checked before each use of the connection. */
  function usableLane(): Lane {
    clearTimeout(idleTimer);
    const { calls, quietSince } = current;
    if (calls.size === 0 && quietSince !== null && elapsedMs(quietSince) >= idleTimeoutMs) replace(current);
    return current;
  }

  // New connections with the new certificates; what runs on the old ones ends there.
  options.tls?.onChange(() => replace(current));

  return {
    async send(request, timeoutMs, signal, traceparent = null) {
      if (closed || signal.aborted) return { kind: 'withheld' };
      const lane = usableLane();
      const ended = await sendOn(lane, { request, timeoutMs, signal, traceparent }, replace);
      if (lane.calls.size === 0) {
        draining.delete(lane);
        if (lane === current && !closed) {
          clearTimeout(idleTimer);
          idleTimer = setTimeout(replace, idleTimeoutMs, lane).unref();
        }
      }
      return ended;
    },
    connection: () => CONNECTION_STATES[current.client.getChannel().getConnectivityState(false)],
    close() {
      if (closed) return;
      closed = true;
      clearTimeout(idleTimer);
      for (const lane of [current, ...draining]) {
        for (const cancel of lane.calls) cancel();
        retire(lane);
      }
    },
  };
}

const CONNECTION_STATES: Readonly<Record<connectivityState, ConnectionState>> = {
  [connectivityState.IDLE]: 'idle',
  [connectivityState.CONNECTING]: 'connecting',
  [connectivityState.READY]: 'ready',
  [connectivityState.TRANSIENT_FAILURE]: 'transient-failure',
  [connectivityState.SHUTDOWN]: 'shutdown',
};

function openLane({ address, credentials, tls, balancing = 'pick-first' }: PaymentChannelOptions): Lane {
  const identity = tls?.identity();
  const inner =
    tls === undefined || identity === undefined ? credentials : new TlsCredentials(identity, tls.serverName);
  const tracked = new TrackedCredentials(inner);
  const client = new PaymentServiceStub(address, tracked, { ...CHANNEL_OPTIONS, ...BALANCING_OPTIONS[balancing] });
  return {
    client,
    credentials: tracked,
    certificateFault() {
      const failure = tracked.lastFailure();
      return failure === null ? null : certificateFault(failure, identity?.client ?? null, Date.now());
    },
    calls: createRoster(),
    answers: 0,
    quietSince: null,
    retired: false,
  };
}

function now(): Moment {
  return { monotonicMs: performance.now(), wallMs: Date.now() };
}

function elapsedMs(since: Moment): number {
  const { monotonicMs, wallMs } = now();
  return Math.max(monotonicMs - since.monotonicMs, wallMs - since.wallMs);
}

/** Calls that wait for a connection fail at once, unsent; running calls may end before their sockets are closed. */
function retire(lane: Lane): void {
  lane.retired = true;
  lane.client.close();
  if (lane.calls.size === 0) lane.credentials.destroySockets();
}

/** One request and its conditions. */
interface Sending {
  readonly request: PaymentRequest;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly traceparent: string | null;
}

function sendOn(
  lane: Lane,
  { request, timeoutMs, signal, traceparent }: Sending,
  replace: (lane: Lane) => void,
): Promise<AttemptSignal> {
  const { promise, resolve } = Promise.withResolvers<AttemptSignal>();
  const answersBefore = lane.answers;
  const handOver = watchHandOver();
  let cancelledByUs = false;
  const metadata = new Metadata();
  metadata.set(IDEMPOTENCY_KEY, request.reservation_id ?? '');
  if (traceparent !== null) metadata.set('traceparent', traceparent);
  const cancel = (): void => {
    cancelledByUs = true;
    call.cancel();
  };
  const end = (error: ServiceError | null, reply?: ReceivedPaymentResponse): void => {
    signal.removeEventListener('abort', cancel);
    lane.calls.delete(cancel);
    lane.quietSince = now();
    if (error?.code !== status.DEADLINE_EXCEEDED && !cancelledByUs) lane.answers += 1;
    else if (error?.code === status.DEADLINE_EXCEEDED && lane.answers === answersBefore) replace(lane);
    if (lane.retired && lane.calls.size === 0) lane.credentials.destroySockets();
    // A call that ended without a stream names the target instead of the peer's address.
    const hasStream = call.getPeer() !== lane.client.getChannel().getTarget();
    resolve(toSignal(error, reply, handOver, { hasStream, cancelledByUs, certificateFault: lane.certificateFault() }));
  };
  const options = { deadline: Date.now() + timeoutMs, credentials: handOver.credentials };
  const call = withoutStackTrace(() => lane.client.ProcessPayment(request, metadata, options, callOnce(end)));
  lane.calls.add(cancel);
  signal.addEventListener('abort', cancel, { once: true });
  return promise;
}

type OnEnd = (error: ServiceError | null, reply?: ReceivedPaymentResponse) => void;

/**
 * Refers to the callback until it was called. grpc-js and Node keep the parts of a call in a Set and a Map, and so for
 * longer than the call (see {@link createRoster}): these must not keep the request of which it was a part.
 */
function callOnce(callback: OnEnd): OnEnd {
  let pending: OnEnd | null = callback;
  return (error, reply) => {
    const call = pending;
    pending = null;
    call?.(error, reply);
  };
}

function toSignal(
  error: ServiceError | null,
  reply: ReceivedPaymentResponse | undefined,
  handOver: HandOver,
  seen: Pick<AttemptError, 'cancelledByUs' | 'certificateFault'> & { readonly hasStream: boolean },
): AttemptSignal {
  if (error === null && reply !== undefined) return { kind: 'reply', reply };
  if (handOver.wasRefused()) return { kind: 'stream-refused' };
  const [trailer] = error?.metadata?.get(TRANSACTION_ID) ?? [];
  return {
    kind: 'error',
    code: error?.code ?? status.UNKNOWN,
    details: error?.details ?? 'neither a reply nor an error',
    trailingTransactionId: typeof trailer === 'string' ? trailer : null,
    handedOver: handOver.wasGiven() && seen.hasStream,
    cancelledByUs: seen.cancelledByUs,
    certificateFault: seen.certificateFault,
  };
}
