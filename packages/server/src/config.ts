import type { PaymentIdempotency } from '@reservations/core/ports';
import { IDLE_TIMEOUT_MS_DEFAULT, IDLE_TIMEOUT_MS_MAX, IDLE_TIMEOUT_MS_MIN } from '@reservations/core/grpc';
import { POOL_DEFAULT, POOL_MAX } from '@reservations/core/postgres';
import { BODY_LIMIT_BYTES } from './app-options.ts';
import { CORS_ORIGINS_EXPECTED, type CorsOrigins, parseCorsOrigins } from './cors-origins.ts';
import { ineffectiveSettings } from './ineffective-settings.ts';
import { LOG_LEVELS, type LogLevel } from './log.ts';
import { BASE_PATH_EXPECTED, parseBasePath } from './mount-path.ts';
import { KEEP_ALIVE_TIMEOUT_MS, REQUEST_TIMEOUT_MS, SHUTDOWN_TIMEOUT_MS } from './server.ts';
import {
  choiceSetting,
  databaseSetting,
  hostSetting,
  portSetting,
  switchSetting,
  textSetting,
  wholeNumberSetting,
} from './setting-kinds.ts';
import { originsOf, readSettings, type Settings, type SettingSources, type SettingsRead } from './settings.ts';

/** Everything about a server that can be set. */
export interface Config {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** A SQLite file, ":memory:", or a postgres:// URL. */
  readonly db: string;
  /** Connections to PostgreSQL, at most. */
  readonly dbPool: number;
  /** Tells those who follow the log elsewhere of each commit. */
  readonly dbNotify: boolean;
  /** Makes and changes no tables; a database without the current ones is refused. */
  readonly requireSchema: boolean;
  readonly paymentHost: string;
  readonly paymentPort: number;
  readonly paymentIdempotency: PaymentIdempotency;
  readonly paymentIdleTimeoutMs: number;
  readonly paymentUnknownOutcome: 'pending' | 'fail';
  /** Starts a sandbox payment service and uses it instead of the configured one. */
  readonly sandbox: boolean;
  /** File of the sandbox's ledger; null keeps it in memory. */
  readonly sandboxLedger: string | null;
  readonly logLevel: LogLevel;
  readonly bodyLimitBytes: number;
  readonly requestTimeoutMs: number;
  readonly keepAliveTimeoutMs: number;
  readonly shutdownTimeoutMs: number;
  readonly drainDelayMs: number;
  /** Whose pages may read answers. */
  readonly corsOrigins: CorsOrigins;
  /** Path below which clients reach the server, "" for none. */
  readonly basePath: string;
}

const BODY_LIMIT_MAX_BYTES = 16 * 1024 * 1024;
const TIMEOUT_MAX_MS = 600_000;
/** A second at least, so that a number of seconds is not taken for milliseconds; a day at most. */
const KEEP_ALIVE_TIMEOUT_MIN_MS = 1_000;
const KEEP_ALIVE_TIMEOUT_MAX_MS = 86_400_000;

/** The database that ends with the process. */
export const IN_MEMORY = ':memory:';

/** Names of Python's logging that are none of ours: environments carry them from service to service. */
const LOG_LEVELS_OF_PYTHON: Readonly<Record<string, LogLevel>> = {
  notset: 'trace',
  warning: 'warn',
  critical: 'fatal',
};

/** The one table of a server's settings. */
export const CONFIG_SETTINGS: Settings<Config> = {
  host: textSetting({
    flag: 'host',
    env: 'RESERVATIONS_HOST',
    value: 'ADDRESS',
    default: '127.0.0.1',
    description: 'Address to listen on; 0.0.0.0 for every interface',
  }),
  port: portSetting({
    flag: 'port',
    env: 'PORT',
    min: 0,
    default: 8000,
    description: 'Port to listen on; 0 takes any free one',
  }),
  db: databaseSetting({
    flag: 'db',
    env: 'RESERVATIONS_DB',
    fallbackEnv: 'DATABASE_URL',
    default: './reservations.db',
    description:
      'SQLite file, made when it is not there; :memory: keeps nothing; or a postgres:// URL, for several servers',
  }),
  dbPool: wholeNumberSetting({
    flag: 'db-pool',
    env: 'RESERVATIONS_DB_POOL',
    min: 1,
    max: POOL_MAX,
    default: POOL_DEFAULT,
    description: 'On PostgreSQL: connections that this server holds at most',
  }),
  dbNotify: switchSetting({
    flag: 'db-notify',
    env: 'RESERVATIONS_DB_NOTIFY',
    description:
      'On PostgreSQL: send NOTIFY after commits, so that readers of the log in other processes need not poll',
  }),
  requireSchema: switchSetting({
    flag: 'require-schema',
    env: 'RESERVATIONS_REQUIRE_SCHEMA',
    description: 'Make and change no tables: start only on a database that `migrate up` has made current',
  }),
  paymentHost: hostSetting({
    flag: 'payment-host',
    env: 'PAYMENT_SERVICE_HOST',
    value: 'HOST',
    default: 'payment-service',
    description: 'Host of the payment service',
  }),
  paymentPort: portSetting({
    flag: 'payment-port',
    env: 'PAYMENT_SERVICE_PORT',
    min: 1,
    default: 50_051,
    description: 'Port of the payment service',
  }),
  paymentIdempotency: choiceSetting({
    flag: 'payment-idempotency',
    env: 'PAYMENT_IDEMPOTENCY',
    choices: ['by-reservation-id', 'none'],
    default: 'by-reservation-id',
    description: 'What the payment service promises about a repeated charge; with none, no charge is ever sent twice',
  }),
  paymentIdleTimeoutMs: wholeNumberSetting({
    flag: 'payment-idle-timeout',
    env: 'PAYMENT_IDLE_TIMEOUT',
    min: IDLE_TIMEOUT_MS_MIN,
    max: IDLE_TIMEOUT_MS_MAX,
    default: IDLE_TIMEOUT_MS_DEFAULT,
    description: 'Time without a charge after which the connection to the payment service is closed, in milliseconds',
  }),
  paymentUnknownOutcome: choiceSetting({
    flag: 'payment-unknown-outcome',
    env: 'PAYMENT_UNKNOWN_OUTCOME',
    choices: ['pending', 'fail'],
    default: 'pending',
    description: 'What a client is told about a payment whose outcome is unknown: 202 (pending) or 503 (fail)',
  }),
  sandbox: switchSetting({
    flag: 'sandbox',
    env: 'RESERVATIONS_SANDBOX',
    description: 'Start a sandbox payment service and use it; no money moves. Without --db, nothing is kept',
  }),
  sandboxLedger: textSetting({
    flag: 'sandbox-ledger',
    env: 'RESERVATIONS_SANDBOX_LEDGER',
    value: 'FILE',
    default: null,
    description: "File of the sandbox's ledger; without one it is kept in memory",
  }),
  logLevel: choiceSetting({
    flag: 'log-level',
    env: 'LOG_LEVEL',
    choices: LOG_LEVELS,
    aliases: LOG_LEVELS_OF_PYTHON,
    default: 'info',
    description: 'How much is logged; upper case and the names of Python, WARNING and CRITICAL, are taken too',
  }),
  bodyLimitBytes: wholeNumberSetting({
    flag: 'body-limit',
    env: 'RESERVATIONS_BODY_LIMIT',
    min: 1,
    max: BODY_LIMIT_MAX_BYTES,
    default: BODY_LIMIT_BYTES,
    description: 'Largest body of a request, in bytes',
  }),
  requestTimeoutMs: wholeNumberSetting({
    flag: 'request-timeout',
    env: 'RESERVATIONS_REQUEST_TIMEOUT',
    min: 1,
    max: TIMEOUT_MAX_MS,
    default: REQUEST_TIMEOUT_MS,
    description: 'How long headers and body of a request may take to arrive, in milliseconds',
  }),
  keepAliveTimeoutMs: wholeNumberSetting({
    flag: 'keep-alive-timeout',
    env: 'RESERVATIONS_KEEP_ALIVE_TIMEOUT',
    min: KEEP_ALIVE_TIMEOUT_MIN_MS,
    max: KEEP_ALIVE_TIMEOUT_MAX_MS,
    default: KEEP_ALIVE_TIMEOUT_MS,
    description: 'How long an idle connection stays open, in milliseconds; longer than the load balancer keeps one',
  }),
  shutdownTimeoutMs: wholeNumberSetting({
    flag: 'shutdown-timeout',
    env: 'RESERVATIONS_SHUTDOWN_TIMEOUT',
    min: 0,
    max: TIMEOUT_MAX_MS,
    default: SHUTDOWN_TIMEOUT_MS,
    description: 'How long requests under way may take to end when the server stops, in milliseconds',
  }),
  drainDelayMs: wholeNumberSetting({
    flag: 'drain-delay',
    env: 'RESERVATIONS_DRAIN_DELAY',
    min: 0,
    max: TIMEOUT_MAX_MS,
    default: 0,
    description: 'How long the server serves on, with readiness at 503, before it stops, in milliseconds',
  }),
  corsOrigins: {
    flag: 'cors-origins',
    env: 'RESERVATIONS_CORS_ORIGINS',
    value: 'ORIGINS',
    default: '*',
    description: 'Whose pages may read answers in a browser: * (every origin), none, or origins between commas',
    expected: CORS_ORIGINS_EXPECTED,
    parse: parseCorsOrigins,
  },
  basePath: {
    flag: 'base-path',
    env: 'RESERVATIONS_BASE_PATH',
    value: 'PATH',
    default: '',
    description: 'Path below which clients reach the server, such as /booking behind a proxy; links begin with it',
    expected: BASE_PATH_EXPECTED,
    parse: parseBasePath,
  },
};

/**
 * Reads the settings of a server, or every fault in them. With the sandbox no money moves, and nothing is kept unless
 * a database is named.
 */
export function readConfig(sources: SettingSources): SettingsRead<Config> {
  const check = (values: Partial<Config>): readonly string[] => checkTogether(values, sources);
  const read = readSettings(CONFIG_SETTINGS, sources, check);
  if (read.kind === 'faults' || !read.values.sandbox) return read;
  const db = { ...CONFIG_SETTINGS.db, default: IN_MEMORY };
  return readSettings({ ...CONFIG_SETTINGS, db }, sources, check);
}

/** Notes for the start: variables that are set and have no effect on this server. */
export function configNotes(config: Config, sources: SettingSources): readonly string[] {
  return ineffectiveSettings(config, originsOf(CONFIG_SETTINGS, sources)).notes;
}

function checkTogether(values: Partial<Config>, sources: SettingSources): readonly string[] {
  const { sandbox, sandboxLedger } = values;
  const origins = originsOf(CONFIG_SETTINGS, sources);
  const { faults } = ineffectiveSettings(values, origins);
  if (sandbox !== false || typeof sandboxLedger !== 'string') return faults;
  // A fault as a variable too: it is set for a sandbox alone, and without one the charges would be real.
  const ledger = `${origins.sandboxLedger}: expected --sandbox with it, found ${JSON.stringify(sandboxLedger)} alone`;
  return [...faults, ledger];
}
