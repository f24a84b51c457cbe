import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { SERVER_SETTINGS } from '../compose/drivers.ts';
import type { AnySetting } from '../config/settings.ts';
import { COMMANDS } from './run.ts';

const page = readFileSync(new URL('../../../../docs/operations.md', import.meta.url), 'utf8');

test.each(
  COMMANDS.filter(({ name }) => name !== 'serve' && name !== 'sandbox').map(
    ({ name, settings }) => [name, settings] as const,
  ),
)('docs/operations.md shows %s with each of its options, and with no other', (name, settings) => {
  const [synopsis = ''] = new RegExp(`^\`${name} [^\`]*\``, 'm').exec(page) ?? [];
  const documented = [...synopsis.matchAll(/--([a-z-]+)(?: ([A-Z]+))?/g)].map(([option]) => option);
  // docs/configuration.md lists the options of `serve`, for the commands that take all of them.
  const takesAll = Object.keys(SERVER_SETTINGS).every((setting) => setting in settings);
  const options = Object.entries<AnySetting>(settings)
    .filter(([setting]) => !takesAll || !(setting in SERVER_SETTINGS))
    .map(([, { flag, value }]) => (value === null ? `--${flag}` : `--${flag} ${value}`));
  expect(new Set(documented)).toEqual(new Set(options));
});
