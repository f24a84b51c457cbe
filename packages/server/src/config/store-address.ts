import type { DriverFacts } from './driver-facts.ts';

/** A SQLite file; ":memory:" ends with the process. */
export interface SqliteAddress {
  readonly kind: 'sqlite';
  readonly path: string;
}

/** A database of PostgreSQL. */
export interface PostgresAddress {
  readonly kind: 'postgres';
  /** For the driver. Contains the password. */
  readonly url: string;
  /** For messages: without password and parameters. */
  readonly label: string;
}

/** Address of the store. A text is parsed into it once, when settings are read. */
export type StoreAddress = SqliteAddress | PostgresAddress;

/** The path of the database that ends with the process. */
export const IN_MEMORY = ':memory:';

/** What a store's address should be, in words. */
export const STORE_ADDRESS_EXPECTED =
  'the path of a file, :memory:, sqlite: and one of these, or postgres://HOST/DATABASE';

/** Returns the address as an operator reads it: a path, or a URL without its password and without its parameters. */
export function describeAddress(address: StoreAddress): string {
  return address.kind === 'sqlite' ? address.path : address.label;
}

/** One letter is the drive of a Windows path. */
const SCHEME = /^([a-z][a-z0-9+.-]+):(.*)$/is;

/** A URL without its scheme, or the keywords of libpq: taken for a path, it would make a file named after a password. */
const CREDENTIALS = /\/\/[^/]*@|\b(?:host|dbname|password)=/i;

/** A URL that lost its colon: a path that begins so would be a folder of that name. */
const WITHOUT_COLON = /^(?:postgres(?:ql)?|sqlite)\/\//i;

/** Parameters as other programs take them: as a part of the path they would make a file of an unintended name. */
const QUERY = /\?\w+=/;

/** A URL that names PostgreSQL. */
const POSTGRES_URL = /^postgres(?:ql)?:\/\//i;

type PostgresUrlParser = Pick<DriverFacts, 'parsePostgresUrl'>;

/** Reads a path of a SQLite file or ":memory:", with or without "sqlite:" before it, or a postgres:// URL; else undefined. */
export function parseStoreAddress(text: string, { parsePostgresUrl }: PostgresUrlParser): StoreAddress | undefined {
  const [, scheme = '', rest = ''] = SCHEME.exec(text) ?? [];
  switch (scheme.toLowerCase()) {
    case '':
      return [CREDENTIALS, QUERY, WITHOUT_COLON].some((wrong) => wrong.test(text)) ? undefined : sqliteAddress(text);
    case 'sqlite':
      // What "sqlite://" leads to differs from program to program.
      return rest.startsWith('//') || SCHEME.test(rest) || /[?#]/.test(rest) ? undefined : sqliteAddress(rest);
    case 'postgres':
    case 'postgresql': {
      const url = `${scheme.toLowerCase()}:${rest}`;
      const read = parsePostgresUrl(url);
      return read.kind === 'url' ? { kind: 'postgres', url, label: labelOf(read.url) } : undefined;
    }
  }
  return undefined;
}

function sqliteAddress(path: string): SqliteAddress | undefined {
  return path === '' || path !== path.trim() ? undefined : { kind: 'sqlite', path };
}

function labelOf({ user, place }: { readonly user: string | null; readonly place: string }): string {
  return `postgres://${user === null ? '' : `${encodeURIComponent(user)}@`}${place}`;
}

/** Returns the faults of a text that looks like an address, without secrets; none when it looks like nothing known. */
export function explainStoreAddress(text: string, { parsePostgresUrl }: PostgresUrlParser): readonly string[] {
  if (POSTGRES_URL.test(text)) {
    const read = parsePostgresUrl(text);
    return read.kind === 'faults' ? read.faults : [];
  }
  const [, scheme = 'sqlite'] = SCHEME.exec(text) ?? [];
  const isFile = scheme.toLowerCase() === 'sqlite' && !CREDENTIALS.test(text);
  return isFile && QUERY.test(text) ? [NO_PARAMETERS] : [];
}

const NO_PARAMETERS = 'a SQLite database has no parameters: expected the path alone';
