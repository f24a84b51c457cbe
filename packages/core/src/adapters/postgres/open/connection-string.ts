import {
  isParameter,
  nameFault,
  parameterFault,
  type ParameterName,
  type TlsParameterName,
} from './connection-parameters.ts';
import { type Environment, tlsParameters } from './connection-tls.ts';

/** A checked PostgreSQL URL. */
export interface PostgresUrl {
  /** Configuration for the driver, with nothing that it would ignore or misread. Contains the password. */
  readonly forDriver: string;
  /** For messages; null when the URL names none. */
  readonly user: string | null;
  /** Host, port and database as in a URL, for messages. */
  readonly place: string;
}

/** A URL that can be opened, or its faults, described without secrets. */
export type PostgresUrlRead =
  | { readonly kind: 'url'; readonly url: PostgresUrl }
  | { readonly kind: 'faults'; readonly faults: readonly string[] };

/**
 * Parses the URL of a PostgreSQL database in the forms of libpq: `postgres://USER:PASSWORD@HOST:PORT/DATABASE` with
 * parameters behind a "?", each of which may replace a missing part before it; a host that begins with "/" is the
 * directory of a Unix socket. Host and database are required. A parameter that the driver does not know or would ignore
 * is a fault. Missing parts come from the variables of libpq (`PGUSER`, `PGPASSWORD`, `PGSSLMODE` and so on), which are
 * checked in the same way. Certificate files must be readable.
 */
export function parsePostgresUrl(text: string, environment: Environment = process.env): PostgresUrlRead {
  if (!SCHEME.test(text)) return faulty([`expected ${FORM}`]);
  if (/[\s\p{Cc}]/u.test(text)) return faulty(['a space or a control character has to be percent-encoded']);
  const [, userInfo, address = '', path, query = '', fragment] = SHAPE.exec(text) ?? [];
  if (fragment !== undefined) return faulty(['a # has to be written as %23']);
  // Most likely the rest of a password, which the message would show as the database name.
  if (path?.includes('@') === true)
    return faulty(['a / in a password has to be written as %2F, an @ behind it as %40']);
  if (address.includes(',')) return faulty([SEVERAL_HOSTS]);
  const faults: string[] = [];
  const parts = readParts({ userInfo, address, path }, faults);
  const given = readQuery(query, faults);
  for (const [name, value] of parts) {
    // "postgres://localhost/db?host=/cloudsql/…" is written for programs that require a host before the path.
    const isSocket = name === 'host' && given.get('host')?.startsWith('/') === true;
    if (given.has(name) && !isSocket) faults.push(`${name}: given twice, before the ? and behind it`);
    if (!given.has(name)) given.set(name, value);
  }
  for (const [name, value] of given) faults.push(...asList(faultOf(name, value)));
  if (!given.has('host')) faults.push(`names no host: expected ${FORM}`);
  if (!given.has('dbname')) faults.push(`names no database: expected ${FORM}`);
  const port = environment['PGPORT'] ?? '';
  if (!given.has('port') && port !== '') faults.push(...asList(parameterFault('port', port, 'PGPORT')));
  const tls = tlsParameters(given, environment);
  faults.push(...tls.faults);
  if (faults.length > 0) return faulty([...new Set(faults)]);
  return {
    kind: 'url',
    url: { forDriver: forDriver(given, tls.parameters), user: given.get('user') ?? null, place: placeOf(given) },
  };
}

const FORM = 'postgres://USER:PASSWORD@HOST:PORT/DATABASE';

const SCHEME = /^postgres(?:ql)?:\/\//i;

/** The last @ before the path ends the password, as in every URL. */
const SHAPE = /^\w+:\/\/(?:([^/?#]*)@)?([^/?#]*)(?:\/([^?#]*))?(?:\?([^#]*))?(#.*)?$/s;

const SEVERAL_HOSTS =
  'several hosts: this driver connects to one. Name one address, which leads to the primary (a virtual IP, a proxy)';

type Given = Map<ParameterName, string>;

function faulty(faults: readonly string[]): PostgresUrlRead {
  return { kind: 'faults', faults };
}

function asList(fault: string | null): readonly string[] {
  return fault === null ? [] : [fault];
}

function faultOf(name: ParameterName, value: string): string | null {
  if (name === 'host' && value.includes(',')) return SEVERAL_HOSTS;
  if (name === 'dbname' && UNTELLABLE.test(value)) return 'dbname: this driver does not support such a name';
  return parameterFault(name, value);
}

/** Names that cannot be passed to the driver: it decodes neither ? nor #, and treats dots as path segments. */
const UNTELLABLE = /[?#]|(?:^|\/)\.{1,2}(?:\/|$)/;

interface RawParts {
  readonly userInfo: string | undefined;
  readonly address: string;
  readonly path: string | undefined;
}

/** Parses the part before the "?". An empty component counts as missing. */
function readParts({ userInfo = '', address, path = '' }: RawParts, faults: string[]): Given {
  const colon = userInfo.indexOf(':');
  const [, bracketed, bare = '', port = ''] = /^(?:\[([^\]]*)\]|([^:]*))(?::(.*))?$/s.exec(address) ?? [];
  const raw: readonly (readonly [ParameterName, string])[] = [
    ['user', colon === -1 ? userInfo : userInfo.slice(0, colon)],
    ['password', colon === -1 ? '' : userInfo.slice(colon + 1)],
    ['host', bracketed ?? bare],
    ['port', port],
    ['dbname', path],
  ];
  if (address !== '' && bracketed === undefined && bare === '' && port === '') faults.push('host: malformed');
  const parts: Given = new Map();
  for (const [name, text] of raw) {
    const value = decode(text);
    if (value === null) faults.push(undecodable(name));
    else if (value !== '') parts.set(name, value);
  }
  return parts;
}

/** Parses the part behind the "?". */
function readQuery(query: string, faults: string[]): Given {
  const given: Given = new Map();
  // An & in a value that is not percent-encoded would turn the rest of the value into a name.
  const hasPassword = /(?:^|&)password=/.test(query);
  for (const piece of query.split('&').filter((each) => each !== '')) {
    const [, rawName = '', rawValue] = /^([^=]*)(?:=(.*))?$/s.exec(piece) ?? [];
    const name = decode(rawName);
    if (name === null || rawValue === undefined) {
      faults.push('a parameter has to be written as NAME=VALUE, percent-encoded');
      continue;
    }
    if (!isParameter(name)) {
      faults.push(nameFault(name, !hasPassword));
      continue;
    }
    if (given.has(name)) faults.push(`${name}: given twice`);
    // Ambiguous: libpq reads a plus, the driver a space.
    if (/^(?:user|password|dbname)$/.test(name) && rawValue.includes('+')) faults.push(`${name}: write + as %2B`);
    const value = decode(rawValue.replaceAll('+', ' '));
    if (value === null) faults.push(undecodable(name));
    else given.set(name, value);
  }
  return given;
}

function undecodable(name: string): string {
  return `${name}: % has to be followed by two hexadecimal digits, which stand for a byte of UTF-8 (a % itself is %25)`;
}

/** Decodes percent-encoding; null for an invalid sequence. */
function decode(text: string): string | null {
  try {
    const value = decodeURIComponent(text);
    return value.includes('\0') || !value.isWellFormed() ? null : value;
  } catch {
    return null;
  }
}

/** Passes everything as parameters, which the driver takes unchanged; only the database must be in the path. */
function forDriver(given: Given, tls: ReadonlyMap<string, string>): string {
  const { host, dbname, ...rest } = Object.fromEntries(given);
  const parameters = new URLSearchParams({ ...rest, host: host ?? '' });
  for (const name of TLS_NAMES) parameters.delete(name);
  for (const [name, value] of tls) parameters.set(name, value);
  return `postgres://host/${encodeURI(dbname ?? '')}?${parameters.toString()}`;
}

const TLS_NAMES: readonly TlsParameterName[] = [
  'ssl',
  'sslmode',
  'sslrootcert',
  'sslcert',
  'sslkey',
  'sslnegotiation',
  'uselibpqcompat',
];

function placeOf(given: Given): string {
  const [host = '', port, dbname = ''] = (['host', 'port', 'dbname'] as const).map((name) => given.get(name));
  const behind = `${port === undefined ? '' : `:${port}`}/${encodeURI(dbname)}`;
  if (host.startsWith('/')) return `${encodeURIComponent(host)}${behind}`;
  return `${host.includes(':') ? `[${host}]` : host}${behind}`;
}
