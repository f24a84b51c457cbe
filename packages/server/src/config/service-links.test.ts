import { startSandboxPaymentService } from '@reservations/core/sandbox';
import { expect, onTestFinished, test } from 'vitest';
import { PAYMENT_ADDRESS_SETTINGS } from './payment-settings.ts';
import { type AnySetting, variablesOf } from './settings.ts';
import { reserve, run } from '../cli/cli-fixture.ts';
import { describeSettings } from '../cli/help/help.ts';
import { COMMANDS } from '../cli/run.ts';

const SETTINGS = COMMANDS.flatMap(({ settings }): readonly AnySetting[] => Object.values(settings));

/**
 * What Kubernetes writes into every pod beside a Service of one port, by the names of the variables (Services,
 * "Environment variables"), and what a setting of such a name is to make of it.
 */
const SERVICE_LINKS: readonly (readonly [RegExp, string, unknown])[] = [
  [/^.+_SERVICE_HOST$/, '10.96.12.7', '10.96.12.7'],
  [/^.+_SERVICE_HOST$/, 'fd00::c:7', 'fd00::c:7'],
  [/^.+_SERVICE_PORT(_.+)?$/, '50052', 50_052],
  [/^.+_PORT$/, 'tcp://10.96.12.7:50052', 50_052],
  [/^.+_PORT$/, 'tcp://[fd00::c:7]:50052', 50_052],
  [/^.+_PORT_\d+_(TCP|UDP|SCTP)$/, 'tcp://10.96.12.7:50052', 50_052],
  [/^.+_PORT_\d+_(TCP|UDP|SCTP)_PROTO$/, 'tcp', 'tcp'],
  [/^.+_PORT_\d+_(TCP|UDP|SCTP)_PORT$/, '50052', 50_052],
  [/^.+_PORT_\d+_(TCP|UDP|SCTP)_ADDR$/, '10.96.12.7', '10.96.12.7'],
];

const COLLISIONS = SERVICE_LINKS.flatMap(([names, value, expected]) =>
  SETTINGS.flatMap((setting) =>
    variablesOf(setting)
      .filter((variable) => names.test(variable))
      .map((variable) => [variable, value, setting, expected] as const),
  ),
);

test('every variable of every command is looked at', () => {
  const inHelp = COMMANDS.flatMap((command) =>
    describeSettings(command.settings, Infinity).flatMap((line) =>
      [...line.matchAll(/\[([A-Z_, ]+); default/g)].flatMap(([, names = '']) => names.split(', ')),
    ),
  );
  expect(new Set(SETTINGS.flatMap(variablesOf))).toEqual(new Set(inHelp));
  expect(COLLISIONS.map(([variable]) => variable)).toContain('PAYMENT_SERVICE_PORT');
});

test.each(COLLISIONS)('%s=%s, as Kubernetes sets it, is accepted', (_variable, value, setting, expected) => {
  expect(setting.parse(value)).toBe(expected);
});

test.each(['tcp://10.96.12.7', 'tcp://10.96.12.7:0', 'tcp://10.96.12.7:65536', 'udp://10.96.12.7:53', 'tcp://x:1'])(
  '%s is no port of a payment service',
  (text) => {
    expect(PAYMENT_ADDRESS_SETTINGS.paymentPort.parse(text)).toBeUndefined();
  },
);

test('a server beside a Service called payment-service charges at the port of the Service', async () => {
  const { host, port, stop } = await startSandboxPaymentService({ ledgerPath: null });
  onTestFinished(() => stop());
  const server = run(['--port', '0', '--db', ':memory:', '--payment-host', host], {
    PAYMENT_SERVICE_SERVICE_HOST: host,
    PAYMENT_SERVICE_SERVICE_PORT: String(port),
    PAYMENT_SERVICE_PORT: `tcp://${host}:${port}`,
    [`PAYMENT_SERVICE_PORT_${port}_TCP`]: `tcp://${host}:${port}`,
  });
  const answer = await reserve(await server.untilListening(), 'user_123');
  expect([answer.status, await answer.json()]).toMatchObject([200, { status: 'RESERVATION_CONFIRMED' }]);
});
