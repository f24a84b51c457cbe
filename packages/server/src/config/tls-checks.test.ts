import { expect, test } from 'vitest';
import { SERVER_SETTINGS } from '../compose/drivers.ts';
import { readConfig } from './config.ts';

function faults(args: readonly string[], env: Readonly<Record<string, string>> = {}): readonly string[] {
  const read = readConfig(SERVER_SETTINGS, { args, env });
  return read.kind === 'faults' ? read.faults : [];
}

const ALONE = 'expected --payment-tls with it, found it alone: nothing would be encrypted';

test.each([
  [['--payment-ca=ca.pem'], {}, [`--payment-ca: ${ALONE}`]],
  [[], { PAYMENT_CA: 'ca.pem' }, [`PAYMENT_CA: ${ALONE}`]],
  [['--payment-server-name=x'], {}, [`--payment-server-name: ${ALONE}`]],
  [
    ['--payment-cert=c', '--payment-key=k'],
    { PAYMENT_TLS: 'false' },
    [`--payment-cert: ${ALONE}`, `--payment-key: ${ALONE}`],
  ],
  [['--payment-tls', '--payment-cert=c'], {}, ['--payment-cert: expected --payment-key with it, found it alone']],
  [['--payment-tls'], { PAYMENT_KEY: 'k' }, ['PAYMENT_KEY: expected --payment-cert with it, found it alone']],
  [['--tls-cert=c'], {}, ['--tls-cert: expected --tls-key with it, found it alone']],
  [[], { RESERVATIONS_TLS_KEY: 'k' }, ['RESERVATIONS_TLS_KEY: expected --tls-cert with it, found it alone']],
])('%j with %j is a fault', (args, env, expected) => {
  expect(faults(args, env)).toEqual(expected);
});

test.each([
  [['--payment-tls']],
  [['--payment-tls', '--payment-ca=ca', '--payment-cert=c', '--payment-key=k', '--payment-server-name=x.test']],
  [['--tls-cert=c', '--tls-key=k']],
])('%j is complete', (args) => {
  expect(faults(args)).toEqual([]);
});
