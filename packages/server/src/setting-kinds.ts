import { isIPv6 } from 'node:net';
import { parsePostgresUrl } from '@reservations/core/postgres';
import type { Setting } from './settings.ts';

/** What one setting of a kind says itself. */
type Naming = Pick<Setting<unknown>, 'flag' | 'env' | 'fallbackEnv' | 'description'>;

/** A text that is not empty; `value` names what it stands for. */
export function textSetting<Default extends string | null>(
  naming: Naming & { readonly value: string; readonly default: Default },
): Setting<string | Default> {
  return { ...naming, expected: 'a text that is not empty', parse: (text) => (text === '' ? undefined : text) };
}

/** Where a service is reached, as the drivers take it. */
export function hostSetting(naming: Naming & { readonly value: string; readonly default: string }): Setting<string> {
  return { ...naming, expected: 'a name or an address, without a scheme or a port', parse: parseHost };
}

function parseHost(text: string): string | undefined {
  const isAddress = isIPv6(text) && !text.includes('%');
  return /^[\w.-]+$/.test(text) || isAddress ? text : undefined;
}

/** A database: the path of a SQLite file or ":memory:", with or without "sqlite:" before it, or a postgres:// URL. */
export function databaseSetting(naming: Naming & { readonly default: string }): Setting<string> {
  const expected = 'the path of a file, :memory:, sqlite: and one of these, or postgres://HOST/DATABASE';
  return { ...naming, value: 'FILE', expected, parse: parseDatabase, explain: explainDatabase };
}

/** One letter is the drive of a Windows path. */
const SCHEME = /^([a-z][a-z0-9+.-]+):(.*)$/is;

/** A URL without its scheme, or the keywords of libpq: taken for a path, it would make a file named after a password. */
const CREDENTIALS = /\/\/[^/]*@|\b(?:host|dbname|password)=/i;

/** A URL that lost its colon: a path that begins so would be a folder of that name. */
const WITHOUT_COLON = /^(?:postgres(?:ql)?|sqlite)\/\//i;

function parseDatabase(text: string): string | undefined {
  const [, scheme = '', rest = ''] = SCHEME.exec(text) ?? [];
  switch (scheme.toLowerCase()) {
    case '':
      return [CREDENTIALS, QUERY, WITHOUT_COLON].some((wrong) => wrong.test(text)) ? undefined : parsePath(text);
    case 'sqlite':
      // What "sqlite://" leads to differs from program to program.
      return rest.startsWith('//') || SCHEME.test(rest) || /[?#]/.test(rest) ? undefined : parsePath(rest);
    case 'postgres':
    case 'postgresql': {
      const url = `${scheme.toLowerCase()}:${rest}`;
      return parsePostgresUrl(url).kind === 'url' ? url : undefined;
    }
  }
  return undefined;
}

/** A URL that names PostgreSQL. */
const POSTGRES_URL = /^postgres(?:ql)?:\/\//i;

/** Whether a database is on PostgreSQL; else it is a SQLite file. */
export function isPostgres(db: string): boolean {
  return /^postgres(ql)?:/i.test(db);
}

/** What is wrong with a text that looks like a database. */
export function explainDatabase(text: string): readonly string[] {
  if (POSTGRES_URL.test(text)) {
    const read = parsePostgresUrl(text);
    return read.kind === 'faults' ? read.faults : [];
  }
  const [, scheme = 'sqlite'] = SCHEME.exec(text) ?? [];
  const isFile = scheme.toLowerCase() === 'sqlite' && !CREDENTIALS.test(text);
  return isFile && QUERY.test(text) ? [NO_PARAMETERS] : [];
}

/** Parameters as other programs take them: as a part of the path they would make a file of an unintended name. */
const QUERY = /\?\w+=/;

const NO_PARAMETERS = 'a SQLite database has no parameters: expected the path alone';

function parsePath(text: string): string | undefined {
  return text === '' || text !== text.trim() ? undefined : text;
}

/** A whole number within bounds. */
export function wholeNumberSetting(
  naming: Naming & { readonly min: number; readonly max: number; readonly default: number },
): Setting<number> {
  const { min, max, ...rest } = naming;
  return {
    ...rest,
    value: 'N',
    expected: `a whole number from ${min} to ${max}`,
    parse(text) {
      const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
      return number >= min && number <= max ? number : undefined;
    },
  };
}

const PORT_MAX = 65_535;

/** What Kubernetes writes into `NAME_PORT` of every pod beside a Service called NAME: `tcp://10.96.12.7:50051`. */
const SERVICE_LINK = /^tcp:\/\/(?:[\d.]+|\[[\da-f:.]+\]):(\d+)$/i;

/** A port. A Service that Kubernetes links under the name of the variable stands for its port. */
export function portSetting(naming: Naming & { readonly min: 0 | 1; readonly default: number }): Setting<number> {
  const setting = wholeNumberSetting({ ...naming, max: PORT_MAX });
  return { ...setting, parse: (text) => setting.parse(SERVICE_LINK.exec(text)?.[1] ?? text) };
}

/** One of a few words, in upper or lower case; `aliases` are other words for them, in lower case. */
export function choiceSetting<Choice extends string>(
  naming: Naming & {
    readonly choices: readonly Choice[];
    readonly default: Choice;
    readonly aliases?: Readonly<Record<string, Choice>>;
  },
): Setting<Choice> {
  const { choices, aliases = {}, ...rest } = naming;
  const words = new Map<string, Choice>([
    ...Object.entries(aliases),
    ...choices.map((choice) => [choice.toLowerCase(), choice] as const),
  ]);
  return {
    ...rest,
    value: choices.join('|'),
    expected: `one of ${choices.join(', ')}`,
    parse: (text) => words.get(text.toLowerCase()),
  };
}

const SWITCH_VALUES: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['false', false],
]);

/** On or off, in upper or lower case; off unless it is given. */
export function switchSetting(naming: Naming): Setting<boolean> {
  return {
    ...naming,
    value: null,
    default: false,
    expected: 'true or false',
    parse: (text) => SWITCH_VALUES.get(text.toLowerCase()),
  };
}
