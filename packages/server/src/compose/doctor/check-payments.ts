import { lookup } from 'node:dns/promises';
import { connect } from 'node:net';
import type { PaymentConfig } from '../../config/payment-settings.ts';
import { failed, type Finding, leftOut, messageOf, ok } from './finding.ts';

/** Time for the name to be resolved, and for the connection to be established. */
const REACH_TIMEOUT_MS = 3_000;

const NAME = 'payment service: name';
const PAYMENTS_CONNECTION = 'payment service: connection';

/** Tells whether something listens where the payment service should be. */
export function isPaymentServiceReached(findings: readonly Finding[]): boolean {
  return findings.some(({ check, result }) => check === PAYMENTS_CONNECTION && result === 'ok');
}

/** Checks that the name of the payment service resolves and that something listens there. Sends nothing. */
export async function checkPaymentsReach(
  { sandbox, paymentHost: host, paymentPort: port }: Pick<PaymentConfig, 'sandbox' | 'paymentHost' | 'paymentPort'>,
  timeoutMs: number = REACH_TIMEOUT_MS,
): Promise<readonly Finding[]> {
  if (sandbox) return [leftOut('payment service', 'serve starts the sandbox; no money moves')];
  try {
    const addresses = await within(timeoutMs, lookup(host, { all: true }));
    const name = ok(NAME, `${host} is ${addresses.map(({ address }) => address).join(', ')}`);
    return [name, await checkConnection(host, port, timeoutMs)];
  } catch (error) {
    const remedy = 'correct --payment-host (PAYMENT_SERVICE_HOST), or the name server of this machine';
    return [failed(NAME, messageOf(error), remedy), leftOut(PAYMENTS_CONNECTION, 'the name does not resolve')];
  }
}

async function checkConnection(host: string, port: number, timeoutMs: number): Promise<Finding> {
  const place = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  try {
    await tryToConnect(host, port, timeoutMs);
    return ok(PAYMENTS_CONNECTION, `${place} accepts connections`);
  } catch (error) {
    const remedy = 'check that the payment service runs, --payment-port, and the firewalls in between';
    return failed(PAYMENTS_CONNECTION, `${place}: ${messageOf(error)}`, remedy);
  }
}

function tryToConnect(host: string, port: number, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, timeout: timeoutMs });
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
    socket.once('timeout', () => socket.destroy(new Error(`no answer within ${timeoutMs} ms`)));
    socket.once('error', reject);
  });
}

async function within<Value>(timeoutMs: number, work: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
