import { isIPv6 } from 'node:net';

/** Values of `sslmode`. Without `uselibpqcompat` the driver treats all but disable and no-verify as verify-full. */
const SSL_MODES = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full', 'no-verify'] as const;

/** A parameter of a connection string, or of the environment when the string lacks it. */
interface Parameter {
  readonly accepts: (value: string) => boolean;
  /** Expected value, as text for the message. */
  readonly expected: string;
  /** False when the value may be a secret. */
  readonly isShown: boolean;
}

const FILE: Parameter = { accepts: (value) => value !== '', expected: 'the path of a file', isShown: true };
const TEXT: Parameter = { accepts: (value) => value !== '', expected: 'a text that is not empty', isShown: false };
const MILLISECONDS: Parameter = {
  accepts: (value) => /^\d{1,9}$/.test(value),
  expected: 'a whole number of milliseconds',
  isShown: true,
};

/** Name of an accepted parameter. */
export type ParameterName =
  | 'host'
  | 'port'
  | 'dbname'
  | 'user'
  | 'password'
  | TlsParameterName
  | 'options'
  | 'application_name'
  | 'fallback_application_name'
  | 'statement_timeout'
  | 'lock_timeout'
  | 'idle_in_transaction_session_timeout';

/** Name of a parameter for encryption. */
export type TlsParameterName =
  | 'sslmode'
  | 'ssl'
  | 'sslrootcert'
  | 'sslcert'
  | 'sslkey'
  | 'sslnegotiation'
  | 'uselibpqcompat';

/** Parameters that the driver honours. It ignores all others silently, so the others are refused. */
const PARAMETERS: Readonly<Record<ParameterName, Parameter>> = {
  host: { accepts: isHost, expected: 'one name, address, or directory of a Unix socket', isShown: true },
  port: { accepts: isPort, expected: 'a whole number from 1 to 65535', isShown: false },
  dbname: TEXT,
  user: TEXT,
  password: TEXT,
  sslmode: choice(SSL_MODES),
  ssl: choice(['true', 'false', '1', '0', 'no-verify']),
  sslrootcert: FILE,
  sslcert: FILE,
  sslkey: FILE,
  sslnegotiation: choice(['postgres', 'direct']),
  uselibpqcompat: choice(['true', 'false']),
  options: TEXT,
  application_name: TEXT,
  fallback_application_name: TEXT,
  statement_timeout: MILLISECONDS,
  lock_timeout: MILLISECONDS,
  idle_in_transaction_session_timeout: MILLISECONDS,
};

const SCHEMA = 'name a schema by options=-c%20search_path%3DNAME';
const ONE_ADDRESS = 'name one address, which leads to the primary; a standby is refused without it';
const STORE_OPTION = 'the store has a bound of its own, which is no part of the URL';
const LEAVE_OUT = 'leave it out';

/** Parameters of libpq or other drivers that a store cannot honour, with the alternative. */
const NOT_SUPPORTED: ReadonlyMap<string, string> = new Map([
  ...['schema', 'currentSchema', 'search_path'].map((name) => [name, SCHEMA] as const),
  ...['target_session_attrs', 'load_balance_hosts', 'targetServerType'].map((name) => [name, ONE_ADDRESS] as const),
  ...['connect_timeout', 'query_timeout', 'connectionTimeoutMillis', 'pool_timeout', 'connection_limit', 'max'].map(
    (name) => [name, STORE_OPTION] as const,
  ),
  ['hostaddr', 'name the address as the host'],
  ['passfile', 'name the file by the variable PGPASSFILE'],
  ['service', 'write its parameters into the URL'],
  ['servicefile', 'write its parameters into the URL'],
  ['client_encoding', 'it is always UTF8: leave it out'],
  ['sslpassword', 'give a key without a passphrase'],
  ...[
    'channel_binding gssdelegation gssencmode gsslib keepalives keepalives_count keepalives_idle keepalives_interval',
    'krbsrvname max_protocol_version min_protocol_version oauth_client_id oauth_client_secret oauth_issuer oauth_scope',
    'binary pgbouncer replication require_auth requirepeer requiressl scram_client_key scram_server_key',
    'ssl_max_protocol_version ssl_min_protocol_version sslcertmode sslcompression sslcrl sslcrldir sslkeylogfile sslsni',
    'tcp_user_timeout',
  ]
    .flatMap((line) => line.split(' '))
    .map((name) => [name, LEAVE_OUT] as const),
]);

function choice(words: readonly string[]): Parameter {
  return { accepts: (value) => words.includes(value), expected: `one of ${words.join(', ')}`, isShown: true };
}

/** Describes an invalid value, or returns null. Never shows a value that may be secret. */
export function parameterFault(name: ParameterName, value: string, source: string = name): string | null {
  const { accepts, expected, isShown } = PARAMETERS[name];
  if (accepts(value)) return null;
  return `${source}: expected ${expected}, found ${isShown ? JSON.stringify(value) : 'something else'}`;
}

/** True when a connection string may have a parameter of this name. */
export function isParameter(name: string): name is ParameterName {
  return Object.hasOwn(PARAMETERS, name);
}

/** Message for an unknown parameter; `isShown` is false when the name may be part of a password. */
export function nameFault(name: string, isShown: boolean): string {
  const instead = NOT_SUPPORTED.get(name);
  if (instead !== undefined) return `${name}: this driver does not support it: ${instead}`;
  const near = nearestName(name, Object.keys(PARAMETERS));
  if (near !== null) return `${name}: no such parameter; did you mean ${near}?`;
  const other = nearestName(name, [...NOT_SUPPORTED.keys()]);
  if (other !== null) return `${name}: no such parameter, and this driver does not support ${other} either`;
  return `${isShown && /^\w{1,20}$/.test(name) ? name : 'a name that is like none'}: no such parameter`;
}

/** Largest edit distance of a suggestion. */
const DISTANCE_MAX = 2;

/** Longer names are not compared. */
const NAME_LENGTH_MAX = 40;

/** The nearest known name, ignoring case and underscores; null when none is near. */
function nearestName(name: string, names: readonly string[]): string | null {
  if (name.length > NAME_LENGTH_MAX) return null;
  const near = names
    .map((known) => ({ known, distance: editDistance(plain(name), plain(known)) }))
    .filter(({ known, distance }) => distance <= Math.min(DISTANCE_MAX, Math.floor((known.length - 1) / 2)));
  return near.toSorted((one, other) => one.distance - other.distance)[0]?.known ?? null;
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[_-]/g, '');
}

/** Edit distance: letters to insert, remove or replace. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [index, letter] of from.split('').entries()) {
    const next = [index + 1];
    for (let column = 1; column <= to.length; column += 1) {
      const replaced = (row[column - 1] ?? 0) + (letter === to[column - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}

/** Abstract sockets (@) are a feature of libpq only. */
function isHost(value: string): boolean {
  return value.startsWith('/') || isIPv6(value) || /^[\p{L}\p{N}_.-]+$/u.test(value);
}

function isPort(value: string): boolean {
  return /^\d{1,5}$/.test(value) && Number(value) >= 1 && Number(value) <= 65_535;
}
