import { readFileSync } from 'node:fs';
import { parameterFault, type ParameterName } from './connection-parameters.ts';

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Encryption settings for the driver, or the faults of the parameters. */
interface TlsRead {
  readonly parameters: ReadonlyMap<string, string>;
  readonly faults: readonly string[];
}

type Given = ReadonlyMap<ParameterName, string>;

const VARIABLES = {
  sslmode: 'PGSSLMODE',
  sslrootcert: 'PGSSLROOTCERT',
  sslcert: 'PGSSLCERT',
  sslkey: 'PGSSLKEY',
  sslnegotiation: 'PGSSLNEGOTIATION',
} as const;

/** Certificates that this process trusts: those of Node and NODE_EXTRA_CA_CERTS. */
const OWN_CERTIFICATES = 'system';

/**
 * Chooses the encryption from the parameters, then the variables of libpq, else none. A certificate or a key alone
 * enables it as well. The driver itself would treat a misspelt mode as none. As with libpq, a Unix socket is never
 * encrypted.
 */
export function tlsParameters(given: Given, environment: Environment): TlsRead {
  const isSocket = given.get('host')?.startsWith('/') === true;
  if (isSocket)
    return {
      parameters: new Map([
        ['sslmode', 'disable'],
        ['sslnegotiation', 'postgres'],
      ]),
      faults: [],
    };
  const faults: string[] = [];
  const values = new Map<string, string>();
  const sources = new Map<string, string>();
  for (const [name, variable] of Object.entries(VARIABLES) as [keyof typeof VARIABLES, string][]) {
    const inherited = environment[variable] ?? '';
    const value = given.get(name) ?? inherited;
    if (value === '' || (name === 'sslmode' && !given.has(name) && given.has('ssl'))) continue;
    sources.set(name, given.has(name) ? name : variable);
    values.set(name, value);
    const fault = given.has(name) ? null : parameterFault(name, value, variable);
    if (fault !== null) faults.push(fault);
  }
  const mode = modeOf(given, values, faults);
  const files = mode === 'disable' ? [] : FILES.filter((name) => isFile(name, values.get(name)));
  for (const name of files) faults.push(...unreadable(sources.get(name) ?? name, values.get(name) ?? ''));
  const negotiation = values.get('sslnegotiation') ?? 'postgres';
  if (negotiation === 'direct' && mode === 'disable') {
    faults.push(`${sources.get('sslnegotiation')}: direct needs encryption: expected sslmode=verify-full beside it`);
  }
  const parameters = new Map([
    ...modeParameters(given, values, mode, faults),
    ['sslnegotiation', negotiation] as const,
    ...files.map((name) => [name, values.get(name) ?? ''] as const),
  ]);
  return { parameters, faults };
}

const FILES = ['sslrootcert', 'sslcert', 'sslkey'] as const;

function isFile(name: string, value: string | undefined): boolean {
  return value !== undefined && !(name === 'sslrootcert' && value === OWN_CERTIFICATES);
}

/** Meaning of `ssl=` of other programs as a value of `sslmode`. */
const SSL_WORDS: Readonly<Record<string, string>> = {
  true: 'verify-full',
  1: 'verify-full',
  false: 'disable',
  0: 'disable',
  'no-verify': 'no-verify',
};

function modeOf(given: Given, values: ReadonlyMap<string, string>, faults: string[]): string {
  const ssl = given.get('ssl');
  if (ssl !== undefined && given.has('sslmode')) faults.push('ssl: given beside sslmode, of which it is another form');
  const mode = values.get('sslmode') ?? SSL_WORDS[ssl ?? ''];
  if (mode !== undefined) return mode;
  return FILES.some((name) => values.has(name)) ? 'verify-full' : 'disable';
}

/** Modes that the driver treats as verify-full, with a warning on standard error. */
const ALIASES: ReadonlySet<string> = new Set(['prefer', 'require', 'verify-ca']);

function modeParameters(
  given: Given,
  values: ReadonlyMap<string, string>,
  mode: string,
  faults: string[],
): readonly (readonly [string, string])[] {
  if (given.get('uselibpqcompat') !== 'true') return [['sslmode', ALIASES.has(mode) ? 'verify-full' : mode]];
  if (mode === 'verify-ca' && !isFile('sslrootcert', values.get('sslrootcert'))) {
    faults.push('sslmode: verify-ca with uselibpqcompat needs a file of certificates, as sslrootcert');
  }
  return [
    ['sslmode', mode],
    ['uselibpqcompat', 'true'],
  ];
}

function unreadable(source: string, path: string): readonly string[] {
  try {
    readFileSync(path);
    return [];
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'no file';
    return [`${source}: cannot read the file ${JSON.stringify(path)} (${code})`];
  }
}
