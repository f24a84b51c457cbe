import { BASE_PATH_EXPECTED, parseBasePath } from './base-path.ts';
import { CORS_ORIGINS_EXPECTED, type CorsOrigins, parseCorsOrigins } from './cors-origins.ts';
import {
  BODY_LIMIT_BYTES,
  BODY_LIMIT_MAX_BYTES,
  CONNECTIONS_LIMIT,
  CONNECTIONS_MAX,
  KEEP_ALIVE_TIMEOUT_MS,
  REQUEST_TIMEOUT_MS,
  SHUTDOWN_TIMEOUT_MS,
  STREAMS_LIMIT,
  STREAMS_MAX,
} from './http-defaults.ts';
import { parseRateLimit, RATE_LIMIT_EXPECTED, type RateLimit, TRUSTED_PROXIES_MAX } from './rate-limit.ts';
import { choiceSetting, portSetting, textSetting, wholeNumberSetting } from './setting-kinds.ts';
import type { Settings } from './settings.ts';

/** How the server listens and answers. */
export interface HttpConfig {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Who may send requests: everyone, holders of API keys, or holders of tokens of an issuer. */
  readonly auth: AuthMode;
  /** File of the certificate that clients see, as PEM; null serves without encryption. */
  readonly tlsCert: string | null;
  /** File of its private key, as PEM. */
  readonly tlsKey: string | null;
  readonly bodyLimitBytes: number;
  readonly requestTimeoutMs: number;
  readonly keepAliveTimeoutMs: number;
  /** Connections that may be open at a time. */
  readonly connectionsMax: number;
  /** Streams of events that may be open at a time. */
  readonly streamsMax: number;
  readonly shutdownTimeoutMs: number;
  readonly drainDelayMs: number;
  /** Origins whose pages may read answers. */
  readonly corsOrigins: CorsOrigins;
  /** Null for none. */
  readonly rateLimit: RateLimit | null;
  /** Proxies whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: number;
  /** Path below which clients reach the server, "" for none. */
  readonly basePath: string;
}

/** Ways to authenticate requests. */
export const AUTH_MODES = ['none', 'api-key', 'jwt'] as const;

/** A way to authenticate requests. */
export type AuthMode = (typeof AUTH_MODES)[number];

const TIMEOUT_MAX_MS = 600_000;
/** A second at least, so that a number of seconds is not taken for milliseconds; a day at most. */
const KEEP_ALIVE_TIMEOUT_MIN_MS = 1_000;
const KEEP_ALIVE_TIMEOUT_MAX_MS = 86_400_000;

/** The settings of {@link HttpConfig}. */
export const HTTP_SETTINGS: Settings<HttpConfig> = {
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
  auth: choiceSetting({
    flag: 'auth',
    env: 'RESERVATIONS_AUTH',
    choices: AUTH_MODES,
    default: 'none',
    description:
      'Who may send requests: everyone (none), holders of API keys (api-key) or of tokens of an issuer (jwt); must be given when other machines can connect',
  }),
  tlsCert: textSetting({
    flag: 'tls-cert',
    env: 'RESERVATIONS_TLS_CERT',
    value: 'FILE',
    default: null,
    description: 'Serve HTTPS with this certificate, as PEM, with its intermediate authorities',
  }),
  tlsKey: textSetting({
    flag: 'tls-key',
    env: 'RESERVATIONS_TLS_KEY',
    value: 'FILE',
    default: null,
    description: 'Private key of --tls-cert, as PEM, without a passphrase',
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
  connectionsMax: wholeNumberSetting({
    flag: 'max-connections',
    env: 'RESERVATIONS_MAX_CONNECTIONS',
    min: 1,
    max: CONNECTIONS_LIMIT,
    default: CONNECTIONS_MAX,
    description: 'Connections of clients that may be open at a time; requests on further ones get 503',
  }),
  streamsMax: wholeNumberSetting({
    flag: 'max-streams',
    env: 'RESERVATIONS_MAX_STREAMS',
    min: 0,
    max: STREAMS_LIMIT,
    default: STREAMS_MAX,
    description: 'Event streams that may be open at a time; further ones get 503',
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
  rateLimit: {
    flag: 'rate-limit',
    env: 'RESERVATIONS_RATE_LIMIT',
    value: 'N/min',
    default: null,
    description: 'Requests that each client may send to this process, as 100/min; also /s and /h',
    expected: RATE_LIMIT_EXPECTED,
    parse: parseRateLimit,
  },
  trustedProxies: wholeNumberSetting({
    flag: 'trusted-proxies',
    env: 'RESERVATIONS_TRUSTED_PROXIES',
    min: 0,
    max: TRUSTED_PROXIES_MAX,
    default: 0,
    description:
      'With --rate-limit: proxies in front of the server; X-Forwarded-For is believed as far as they wrote it',
  }),
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
