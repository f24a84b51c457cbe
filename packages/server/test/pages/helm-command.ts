import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { root } from './snippets.ts';

const CHART = 'deploy/helm/reservations';

/** Returns what is wrong with the arguments of helm on a page: files, and values that the chart does not have. */
export function helmFaults(args: readonly string[]): readonly string[] {
  const files = args.filter((arg) => arg.startsWith('deploy/') && !existsSync(join(root, arg)));
  const keys = args.flatMap((arg, index) => {
    const isSet = ['--set', '--set-string'].includes(args[index - 1] ?? '');
    return isSet ? [arg.slice(0, arg.indexOf('=')).replace(/\[\d+\]$/, '')] : [];
  });
  return [
    ...files.map((file) => `no such file: ${file}`),
    ...keys.filter((key) => !isValue(key)).map((key) => `no value of the chart: ${key}`),
  ];
}

/** Tells whether the chart has a value under a name such as `image.tag`. Below `settings` any name is one. */
export function isValue(key: string): boolean {
  if (key.startsWith('settings.')) return true;
  let value: unknown = parse(readFileSync(join(root, CHART, 'values.yaml'), 'utf8'));
  for (const name of key.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return false;
    value = (value as Readonly<Record<string, unknown>>)[name];
  }
  return true;
}
