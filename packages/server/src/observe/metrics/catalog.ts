/** Types of metrics. */
export type MetricType = 'counter' | 'gauge' | 'histogram';

/** A metric as it is served. */
export interface MetricDefinition<Type extends MetricType = MetricType, Label extends string = string> {
  /** As in expressions: a counter ends in `_total`. */
  readonly name: string;
  readonly type: Type;
  readonly help: string;
  readonly labels: readonly Label[];
  /** Upper bounds of a histogram's buckets. */
  readonly buckets?: readonly number[];
}

/** From a commit in memory to the longest deadline of a charge. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20] as const;

/** From a group that waits for nothing to a disk that stalls. */
const COMMIT_SECONDS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5] as const;

const GROUP_SIZES = [1, 2, 5, 10, 20, 50, 100, 200, 500] as const;

/** Type and labels of each metric, for the types of its instrument. */
export interface MetricCatalog {
  readonly httpRequestDuration: MetricDefinition<'histogram', 'method' | 'route' | 'status'>;
  readonly httpRequestsInFlight: MetricDefinition<'gauge', never>;
  readonly httpConnections: MetricDefinition<'gauge', never>;
  readonly httpConnectionsMax: MetricDefinition<'gauge', never>;
  readonly httpConnectionsRefused: MetricDefinition<'counter', never>;
  readonly eventStreams: MetricDefinition<'gauge', never>;
  readonly eventStreamsMax: MetricDefinition<'gauge', never>;
  readonly idempotentAnswers: MetricDefinition<'counter', 'result'>;
  readonly authenticationRefusals: MetricDefinition<'counter', 'reason'>;
  readonly overloadRefusals: MetricDefinition<'counter', 'reason'>;
  readonly rateLimitRefusals: MetricDefinition<'counter', 'by'>;
  readonly paymentAttempts: MetricDefinition<'counter', 'outcome' | 'cause'>;
  readonly paymentAttemptDuration: MetricDefinition<'histogram', 'outcome'>;
  readonly charges: MetricDefinition<'counter', 'by' | 'outcome'>;
  readonly chargeDuration: MetricDefinition<'histogram', 'by' | 'outcome'>;
  readonly breakerState: MetricDefinition<'gauge', 'state'>;
  readonly bulkheadRunning: MetricDefinition<'gauge', never>;
  readonly bulkheadRunningMax: MetricDefinition<'gauge', never>;
  readonly bulkheadQueued: MetricDefinition<'gauge', never>;
  readonly bulkheadQueuedMax: MetricDefinition<'gauge', never>;
  readonly paymentCertificateExpiry: MetricDefinition<'gauge', never>;
  readonly openPayments: MetricDefinition<'gauge', 'stage'>;
  readonly oldestOpenPaymentAge: MetricDefinition<'gauge', 'stage'>;
  readonly appends: MetricDefinition<'counter', 'result'>;
  readonly eventsAppended: MetricDefinition<'counter', never>;
  readonly appendGroupSize: MetricDefinition<'histogram', never>;
  readonly appendWait: MetricDefinition<'histogram', never>;
  readonly commitDuration: MetricDefinition<'histogram', never>;
  readonly settlementRuns: MetricDefinition<'counter', 'result'>;
  readonly settlementPayments: MetricDefinition<'counter', never>;
  readonly alarms: MetricDefinition<'counter', 'kind'>;
  readonly storeAlarm: MetricDefinition<'gauge', 'alarm'>;
  readonly subscriptionLag: MetricDefinition<'gauge', 'subscription'>;
  readonly subscriptionStopped: MetricDefinition<'gauge', 'subscription'>;
  readonly poolConnections: MetricDefinition<'gauge', 'state'>;
  readonly poolWaiting: MetricDefinition<'gauge', never>;
  readonly poolMax: MetricDefinition<'gauge', never>;
  readonly sqliteFileBytes: MetricDefinition<'gauge', 'file'>;
  readonly storeWritable: MetricDefinition<'gauge', never>;
  readonly sampleAge: MetricDefinition<'gauge', never>;
  readonly sampleFailures: MetricDefinition<'counter', never>;
  readonly logLinesLost: MetricDefinition<'counter', never>;
  readonly buildInfo: MetricDefinition<'gauge', 'version' | 'node'>;
}

/** The one definition of every metric of the engine and its server. */
export const METRICS: MetricCatalog = {
  httpRequestDuration: {
    name: 'reservations_http_request_duration_seconds',
    type: 'histogram',
    help: 'Time from a request to the end of its answer, or to the beginning of an event stream; status 499 when the client went away first',
    labels: ['method', 'route', 'status'],
    buckets: SECONDS,
  },
  httpRequestsInFlight: {
    name: 'reservations_http_requests_in_flight',
    type: 'gauge',
    help: 'Requests that are being handled, without open event streams',
    labels: [],
  },
  httpConnections: {
    name: 'reservations_http_connections',
    type: 'gauge',
    help: 'Connections of clients that are open',
    labels: [],
  },
  httpConnectionsMax: {
    name: 'reservations_http_connections_max',
    type: 'gauge',
    help: 'Most connections of clients that may be open; further ones are refused',
    labels: [],
  },
  httpConnectionsRefused: {
    name: 'reservations_http_connections_refused_total',
    type: 'counter',
    help: 'Connections that were refused: answered 503 too_many_connections, or closed when even more came',
    labels: [],
  },
  eventStreams: {
    name: 'reservations_event_streams',
    type: 'gauge',
    help: 'Event streams that are open',
    labels: [],
  },
  eventStreamsMax: {
    name: 'reservations_event_streams_max',
    type: 'gauge',
    help: 'Most event streams that may be open; further requests for one get 503 too_many_streams',
    labels: [],
  },
  idempotentAnswers: {
    name: 'reservations_idempotent_answers_total',
    type: 'counter',
    help: 'Requests whose Idempotency-Key was known: replayed, reused with another body, or still in progress',
    labels: ['result'],
  },
  authenticationRefusals: {
    name: 'reservations_authentication_refusals_total',
    type: 'counter',
    help: 'Requests answered 401, 403 or 503 because of their credential: missing, malformed, invalid, expired, revoked, insufficient_scope, or unavailable when it could not be checked; and streams of events that ended because of it',
    labels: ['reason'],
  },
  overloadRefusals: {
    name: 'reservations_overload_refusals_total',
    type: 'counter',
    help: 'Requests answered 503 overloaded: as many charges, or reads of the store, were under way as may be',
    labels: ['reason'],
  },
  rateLimitRefusals: {
    name: 'reservations_rate_limit_refusals_total',
    type: 'counter',
    help: 'Requests answered 429, by what they were counted: principal, address, or shared (too many clients to count each)',
    labels: ['by'],
  },
  paymentAttempts: {
    name: 'reservations_payment_attempts_total',
    type: 'counter',
    help: 'Attempts of charges, by outcome and by the cause of an outcome without a verdict',
    labels: ['outcome', 'cause'],
  },
  paymentAttemptDuration: {
    name: 'reservations_payment_attempt_duration_seconds',
    type: 'histogram',
    help: 'Time of one attempt of a charge',
    labels: ['outcome'],
    buckets: SECONDS,
  },
  charges: {
    name: 'reservations_charges_total',
    type: 'counter',
    help: 'Runs of charging, each of up to three attempts, in a request or in settlement',
    labels: ['by', 'outcome'],
  },
  chargeDuration: {
    name: 'reservations_charge_duration_seconds',
    type: 'histogram',
    help: 'Time of one run of charging',
    labels: ['by', 'outcome'],
    buckets: SECONDS,
  },
  breakerState: {
    name: 'reservations_payment_breaker_state',
    type: 'gauge',
    help: '1 for the current state of the circuit breaker around the payment service, 0 for the others',
    labels: ['state'],
  },
  bulkheadRunning: {
    name: 'reservations_payment_bulkhead_running',
    type: 'gauge',
    help: 'Charges that are under way',
    labels: [],
  },
  bulkheadRunningMax: {
    name: 'reservations_payment_bulkhead_running_max',
    type: 'gauge',
    help: 'Most charges that may be under way at a time',
    labels: [],
  },
  bulkheadQueued: {
    name: 'reservations_payment_bulkhead_queued',
    type: 'gauge',
    help: 'Charges that wait for one under way to end',
    labels: [],
  },
  bulkheadQueuedMax: {
    name: 'reservations_payment_bulkhead_queued_max',
    type: 'gauge',
    help: 'Most charges that may wait; further ones are not sent',
    labels: [],
  },
  paymentCertificateExpiry: {
    name: 'reservations_payment_certificate_expiry_timestamp_seconds',
    type: 'gauge',
    help: 'Time at which the first certificate in the files for the payment service expires, in seconds since 1970; absent without such files',
    labels: [],
  },
  openPayments: {
    name: 'reservations_open_payments',
    type: 'gauge',
    help: 'Payments without a verdict in the store, by stage; counted up to 100,000. The same on every server of a store',
    labels: ['stage'],
  },
  oldestOpenPaymentAge: {
    name: 'reservations_oldest_open_payment_age_seconds',
    type: 'gauge',
    help: 'Age of the oldest payment without a verdict, by stage; 0 when there is none. The same on every server of a store',
    labels: ['stage'],
  },
  appends: {
    name: 'reservations_appends_total',
    type: 'counter',
    help: 'Appends to the event store by result; only those committed have written something',
    labels: ['result'],
  },
  eventsAppended: {
    name: 'reservations_events_appended_total',
    type: 'counter',
    help: 'Events that this process has committed',
    labels: [],
  },
  appendGroupSize: {
    name: 'reservations_append_group_size',
    type: 'histogram',
    help: 'Appends that were committed in one transaction',
    labels: [],
    buckets: GROUP_SIZES,
  },
  appendWait: {
    name: 'reservations_append_wait_seconds',
    type: 'histogram',
    help: 'Longest time that an append of a group waited for its commit to begin',
    labels: [],
    buckets: COMMIT_SECONDS,
  },
  commitDuration: {
    name: 'reservations_commit_duration_seconds',
    type: 'histogram',
    help: 'Time of the transaction of one group',
    labels: [],
    buckets: COMMIT_SECONDS,
  },
  settlementRuns: {
    name: 'reservations_settlement_runs_total',
    type: 'counter',
    help: 'Looks of settlement for due payments: idle found none, worked took some, failed could not look',
    labels: ['result'],
  },
  settlementPayments: {
    name: 'reservations_settlement_payments_total',
    type: 'counter',
    help: 'Due payments that settlement took',
    labels: [],
  },
  alarms: {
    name: 'reservations_alarms_total',
    type: 'counter',
    help: 'Alarms that this process has raised, by kind; each needs an operator',
    labels: ['kind'],
  },
  storeAlarm: {
    name: 'reservations_store_alarm',
    type: 'gauge',
    help: '1 while an alarm of the store is raised, on PostgreSQL',
    labels: ['alarm'],
  },
  subscriptionLag: {
    name: 'reservations_subscription_lag_events',
    type: 'gauge',
    help: 'Positions of the log behind the checkpoint of a subscription; at most the first 100 subscriptions by name',
    labels: ['subscription'],
  },
  subscriptionStopped: {
    name: 'reservations_subscription_stopped',
    type: 'gauge',
    help: '1 while a subscription is stopped at an event that its handler could not handle',
    labels: ['subscription'],
  },
  poolConnections: {
    name: 'reservations_postgres_pool_connections',
    type: 'gauge',
    help: 'Connections of the pool to PostgreSQL',
    labels: ['state'],
  },
  poolWaiting: {
    name: 'reservations_postgres_pool_waiting',
    type: 'gauge',
    help: 'Calls that wait for a connection to PostgreSQL',
    labels: [],
  },
  poolMax: {
    name: 'reservations_postgres_pool_max',
    type: 'gauge',
    help: 'Most connections that the pool to PostgreSQL opens',
    labels: [],
  },
  sqliteFileBytes: {
    name: 'reservations_sqlite_file_bytes',
    type: 'gauge',
    help: 'Size of the SQLite database and of its write-ahead log',
    labels: ['file'],
  },
  storeWritable: {
    name: 'reservations_store_writable',
    type: 'gauge',
    help: '1 when the last sample could write to the store, else 0',
    labels: [],
  },
  sampleAge: {
    name: 'reservations_sample_age_seconds',
    type: 'gauge',
    help: 'Age of the oldest of the values that are sampled from the store in the background',
    labels: [],
  },
  sampleFailures: {
    name: 'reservations_sample_failures_total',
    type: 'counter',
    help: 'Background samples of the store that failed; their values stay the last ones',
    labels: [],
  },
  logLinesLost: {
    name: 'reservations_log_lines_lost_total',
    type: 'counter',
    help: 'Log lines that could not be written to standard output',
    labels: [],
  },
  buildInfo: {
    name: 'reservations_build_info',
    type: 'gauge',
    help: 'Always 1; the versions of the server and of Node are in the labels',
    labels: ['version', 'node'],
  },
};
