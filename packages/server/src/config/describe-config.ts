import { type AnySetting, originsOf, type Settings, type SettingSources, variablesOf } from './settings.ts';

/** A setting as it is in effect. */
export interface SettingInEffect {
  readonly flag: string;
  /** Its environment variables, the one with precedence first. */
  readonly variables: readonly string[];
  /** Null for none. A value with a password is shown without it, or as ***. */
  readonly value: string | number | boolean | null;
  /** The flag or the variable that gave the value, or "default". */
  readonly source: string;
}

/** Returns the values in effect of all settings, in the order of the settings, each with its source and without secrets. */
export function describeConfig<Values>(
  settings: Settings<Values>,
  values: Values,
  sources: SettingSources,
): readonly SettingInEffect[] {
  const origins = originsOf(settings, sources);
  return Object.entries<AnySetting>(settings).map(([name, setting]) => ({
    flag: `--${setting.flag}`,
    variables: variablesOf(setting),
    value: printable(setting, values[name as keyof Values]),
    source: origins[name as keyof Values] ?? 'default',
  }));
}

/** In a value of any setting: one that was meant for another setting is not printed either. */
const CREDENTIALS = /\/\/[^/@\s]*:[^/@\s]*@|(?:password|passwd|pwd|secret|token)=|rsv_\w{9}|eyJ\w{9}/i;

const MASK = '***';

function printable(setting: AnySetting, value: unknown): SettingInEffect['value'] {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return value;
  // A setting with secrets describes its values without them.
  const text = setting.describe?.(value) ?? (typeof value === 'string' ? value : wordsOf(value).join(','));
  return CREDENTIALS.test(text) ? MASK : text;
}

function wordsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [JSON.stringify(value)];
}
