import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { SERVER_SETTINGS } from '../../src/compose/drivers.ts';
import { configNotes, readConfig } from '../../src/config/config.ts';

const root = new URL('../../../../', import.meta.url);

function read(path: string): string {
  return readFileSync(fileURLToPath(new URL(path, root)), 'utf8');
}

const unit = read('deploy/systemd/reservations.service');

/** The values of a directive of the unit. */
function directive(name: string): readonly string[] {
  return [...unit.matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].map(([, value = '']) => value);
}

/** The lines of an environment file, such as NAME=value. */
function environmentOf(lines: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
}

test('the server of the unit takes the environment that the unit and the page give it', () => {
  const [, file = ''] = /```ini\n([\s\S]*?)```/.exec(read('docs/deploy.md')) ?? [];
  const env = environmentOf([...file.trim().split('\n'), ...directive('Environment')]);
  const config = readConfig(SERVER_SETTINGS, { args: [], env });
  expect(config).toMatchObject({
    kind: 'values',
    values: {
      db: { kind: 'sqlite', path: '/var/lib/reservations/reservations.db' },
      paymentHost: 'payments.internal',
      drainDelayMs: 5_000,
      shutdownTimeoutMs: 20_000,
    },
  });
  if (config.kind === 'values') expect(configNotes(SERVER_SETTINGS, config.values, { args: [], env })).toEqual([]);
});

/** The steps of a stop beyond its two settings, in the table of docs/operations.md. */
const OTHER_STEPS_SECONDS = 15;

test('the unit leaves the server the time that it takes to stop', () => {
  const env = environmentOf(directive('Environment'));
  const settings = Number(env['RESERVATIONS_DRAIN_DELAY']) + Number(env['RESERVATIONS_SHUTDOWN_TIMEOUT']);
  expect(Number(directive('TimeoutStopSec')[0])).toBeGreaterThanOrEqual(settings / 1_000 + OTHER_STEPS_SECONDS);
});

test('wrong settings are not tried again, a database that is away is', () => {
  expect(directive('Restart')).toEqual(['on-failure']);
  expect(directive('RestartPreventExitStatus')).toEqual(['2']);
  expect(directive('StartLimitIntervalSec')).toEqual(['0']);
});
