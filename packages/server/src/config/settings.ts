import { parseArgs } from 'node:util';
import type { Environment } from './environment.ts';
import { nearestName } from './nearest-name.ts';

/** A setting: its flag and variables, its expected values and its default. */
export interface Setting<Value> {
  /** Long flag, without the dashes. */
  readonly flag: string;
  /** Environment variable, the flag wins over it; null for what is given anew with each command. */
  readonly env: string | null;
  /** A second variable, which counts when the first one is not set. */
  readonly fallbackEnv?: string;
  /** What the value stands for in the help; null for a switch, which takes no value. */
  readonly value: string | null;
  readonly default: Value;
  /** Without a value there is a fault; the default is never used. */
  readonly isRequired?: boolean;
  /** For help and documentation; names the unit. */
  readonly description: string;
  /** What a value should be, in words. */
  readonly expected: string;
  /** Returns the value of a text, or undefined when it is not what is expected. */
  parse(text: string): Value | undefined;
  /**
   * Returns the faults of a text that is not what is expected, without secrets. When absent or without any, the fault
   * states what was expected and what was found.
   */
  explain?(text: string): readonly string[];
  /** The text of a value, for the default in help and documentation. Absent for values that are their own text. */
  describe?(value: Value): string;
}

/** The settings of one command, by the name that its code uses. */
export type Settings<Values> = { readonly [Name in keyof Values]: Setting<Values[Name]> };

/** Where settings come from. */
export interface SettingSources {
  readonly args: readonly string[];
  readonly env: Environment;
}

/** The values of all settings, or every fault that was found, each in a line. */
export type SettingsRead<Values> =
  | { readonly kind: 'values'; readonly values: Values }
  | { readonly kind: 'faults'; readonly faults: readonly string[] };

/** A setting of any type of value. */
export type AnySetting = Setting<unknown>;

/**
 * Reads all settings from flags and environment. An empty variable counts as not set. `check` returns the
 * faults of settings taken together; those that are wrong by themselves are undefined in its argument.
 */
export function readSettings<Values>(
  settings: Settings<Values>,
  sources: SettingSources,
  check: (values: Partial<Values>) => readonly string[] = () => [],
): SettingsRead<Values> {
  const entries = Object.entries<AnySetting>(settings);
  const { given, faults } = readFlags(
    entries.map(([, setting]) => setting),
    sources.args,
  );
  const values: Record<string, unknown> = {};
  for (const [name, setting] of entries) {
    const source = sourceOf(setting, given, sources.env);
    const value = source === null ? setting.default : setting.parse(source.text);
    if (source === null && setting.isRequired === true) faults.push(notGiven(setting));
    if (source !== null && value === undefined) {
      faults.push(...faultsOf(setting, source.text).map((fault) => `${source.name}: ${fault}`));
    }
    values[name] = value;
  }
  faults.push(...check(values as Partial<Values>));
  return faults.length > 0 ? { kind: 'faults', faults } : { kind: 'values', values: values as Values };
}

/** What gives each setting: the flag, `--port`, or the variable, `PORT`; those at their default are not in it. */
export type SettingOrigins<Values> = { readonly [Name in keyof Values]?: string };

/** Returns what gives each setting. */
export function originsOf<Values>(settings: Settings<Values>, sources: SettingSources): SettingOrigins<Values> {
  const entries = Object.entries<AnySetting>(settings);
  const { given } = readFlags(
    entries.map(([, setting]) => setting),
    sources.args,
  );
  const origins: Record<string, string> = {};
  for (const [name, setting] of entries) {
    const source = sourceOf(setting, given, sources.env);
    if (source !== null) origins[name] = source.name;
  }
  return origins;
}

/** Returns the source of a setting: its flag, else the first of its variables that is not empty; null for none. */
function sourceOf(
  setting: AnySetting,
  given: ReadonlyMap<string, string>,
  env: SettingSources['env'],
): { readonly name: string; readonly text: string } | null {
  const flagText = given.get(setting.flag);
  if (flagText !== undefined) return { name: `--${setting.flag}`, text: flagText };
  for (const name of variablesOf(setting)) {
    const text = env[name] ?? '';
    if (text !== '') return { name, text };
  }
  return null;
}

/** Makes a setting required, so that its value is never null. */
export function required<Value>(setting: Setting<Value | null>): Setting<Value> {
  // Without a value there is a fault, and the command does not run.
  return { ...setting, isRequired: true } as Setting<Value>;
}

/** Returns the fault of a setting that is needed and not given. */
export function notGiven({ flag, expected }: Pick<AnySetting, 'flag' | 'expected'>): string {
  return `--${flag}: expected ${expected}, found nothing`;
}

function faultsOf(setting: AnySetting, text: string): readonly string[] {
  const explained = setting.explain?.(text) ?? [];
  if (explained.length > 0) return explained;
  return [`expected ${setting.expected}, found ${JSON.stringify(withoutSecrets(text))}`];
}

function readFlags(
  settings: readonly AnySetting[],
  args: readonly string[],
): { readonly given: ReadonlyMap<string, string>; readonly faults: string[] } {
  const byFlag = new Map(settings.map((setting) => [setting.flag, setting]));
  const options = Object.fromEntries(
    settings.map(({ flag, value }) => [flag, { type: value === null ? ('boolean' as const) : ('string' as const) }]),
  );
  const { tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true });
  const given = new Map<string, string>();
  const faults: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') faults.push(`unexpected argument ${JSON.stringify(withoutSecrets(token.value))}`);
    if (token.kind !== 'option') continue;
    const setting = byFlag.get(token.name);
    if (setting === undefined || !token.rawName.startsWith('--')) faults.push(unknownOption(token.rawName, settings));
    else if (setting.value === null) given.set(token.name, token.value ?? 'true');
    else if (token.value === undefined || (!token.inlineValue && token.value.startsWith('--')))
      faults.push(notGiven(setting));
    else given.set(token.name, token.value);
  }
  return { given, faults };
}

function unknownOption(rawName: string, settings: readonly AnySetting[]): string {
  const near = nearestName(
    rawName,
    settings.map(({ flag }) => `--${flag}`),
  );
  return `${rawName}: no such option${near === null ? '' : `; did you mean ${near}?`}`;
}

/** Returns the environment variables of a setting, the one with precedence first. */
export function variablesOf({ env, fallbackEnv }: AnySetting): readonly string[] {
  return [env, fallbackEnv].filter((variable) => typeof variable === 'string');
}

/** Returns a given text for a message: of one that may hold a password, only the scheme. */
export function withoutSecrets(text: string): string {
  if (!/@|passw|pwd|secret|rsv_\w{9}|eyJ\w{9}|^postgres(ql)?:./i.test(text)) return text;
  return `${/^[a-z][a-z0-9+.-]*:/i.exec(text)?.[0] ?? ''}…`;
}

/** Returns a setting's default as text; "none" for null and for an empty list. */
export function describeDefault(setting: AnySetting): string {
  const { default: value } = setting;
  const text = setting.describe?.(value) ?? (typeof value === 'string' ? value : JSON.stringify(value));
  return text === 'null' || text === '{}' || text === '' ? 'none' : text;
}
