import { AssertionError } from 'node:assert/strict';
import { escapeInvisible, type Money, parseCreateRequest, systemRuntime } from '@reservations/core';
import type { PaymentServiceCase, PaymentServiceProbe } from '@reservations/core/sandbox';
import { readPaymentTlsFiles } from '../../compose/payment-tls-files.ts';
import {
  PAYMENT_ADDRESS_SETTINGS,
  PAYMENT_TLS_SETTINGS,
  type PaymentAddress,
  type PaymentTlsConfig,
} from '../../config/payment-settings.ts';
import { switchSetting, textSetting } from '../../config/setting-kinds.ts';
import { originsOf, readSettings, type Settings } from '../../config/settings.ts';
import { paymentTlsFaults } from '../../config/tls-checks.ts';
import type { CliCommand } from '../command.ts';
import { defineCommand } from '../define-command.ts';
import { JSON_SETTING } from '../settings/json-setting.ts';

interface PaymentsCheckConfig extends PaymentAddress, PaymentTlsConfig {
  readonly really: boolean;
  readonly user: string;
  readonly declinedUser: string | null;
  readonly amount: string;
  readonly currency: string;
  readonly json: boolean;
}

const SETTINGS: Settings<PaymentsCheckConfig> = {
  paymentHost: { ...PAYMENT_ADDRESS_SETTINGS.paymentHost, flag: 'host' },
  paymentPort: { ...PAYMENT_ADDRESS_SETTINGS.paymentPort, flag: 'port' },
  ...PAYMENT_TLS_SETTINGS,
  really: switchSetting({
    flag: 'really',
    env: null,
    description: 'Send test charges too; where the service moves money, they cost money',
  }),
  user: textSetting({
    flag: 'user',
    env: null,
    value: 'ID',
    default: 'user_payments_check',
    description: 'User whom test charges are for; the service should charge them',
  }),
  declinedUser: textSetting({
    flag: 'declined-user',
    env: null,
    value: 'ID',
    default: null,
    description: 'User whom the service declines; without one, declines are left out',
  }),
  amount: textSetting({
    flag: 'amount',
    env: null,
    value: 'AMOUNT',
    default: '1.00',
    description: 'How much each test charge is, in major units',
  }),
  currency: textSetting({
    flag: 'currency',
    env: null,
    value: 'CODE',
    default: 'EUR',
    description: 'Currency of the test charges',
  }),
  json: JSON_SETTING,
};

/** `payments check`: whether a payment service keeps the contract. */
export const paymentsCheckCommand: CliCommand = defineCommand({
  name: 'payments check',
  summary: 'check whether a payment service keeps its contract',
  usage: 'payments check [OPTIONS]',
  about:
    'Asks a payment service what the server would ask it, and says whether it keeps the contract. Without --really ' +
    'it charges nothing, and says what it left out. Exit code 0 when nothing failed, 1 when something did.',
  settings: SETTINGS,
  read: (sources) =>
    readSettings(SETTINGS, sources, (values) => paymentTlsFaults(values, originsOf(SETTINGS, sources))),
  async run({ values, context }) {
    const money = readMoney(values);
    if (!('amountMinor' in money)) return { kind: 'faults', faults: money };
    const { results, sent } = await check(values, money, (result) => {
      if (!values.json) for (const line of describeResult(result)) context.print(line);
    });
    return {
      kind: 'answer',
      text: summarize(results, sent),
      json: { results, reservation_ids: sent },
      needsAttention: results.some(({ result }) => result === 'failed'),
    };
  },
});

const EXPECTED = {
  user: 'a user id of 1 to 256 characters',
  amount: 'an amount that the currency can have',
  currency: 'a currency code of ISO 4217',
} as const;

/** The amount of a test charge, or what is wrong with the flags that name it. */
function readMoney(config: PaymentsCheckConfig): Money | readonly string[] {
  const { amount, currency, user } = config;
  const parsed = parseCreateRequest({ userId: user, amount, currency });
  if (parsed.kind === 'valid') return parsed.request.money;
  return parsed.faults.map(({ field, code }) => {
    const flag = field === 'amount' || field === 'currency' ? field : 'user';
    return `--${flag}: expected ${EXPECTED[flag]}, found ${JSON.stringify(config[flag])} (${code})`;
  });
}

/** Result of one case of the contract. */
export interface CaseResult {
  readonly title: string;
  readonly result: 'passed' | 'failed' | 'left-out';
  /** Why it failed or was left out. */
  readonly detail: string | null;
  readonly meaning: string;
}

/** Results of all cases. */
interface Checked {
  readonly results: readonly CaseResult[];
  /** Ids of the reservations that test charges were sent for. */
  readonly sent: readonly string[];
}

/** Checks a payment service with the defaults of the command; `onResult` is called after each case. */
export async function checkContract(
  where: PaymentAddress & PaymentTlsConfig & Pick<PaymentsCheckConfig, 'really'>,
  onResult: (result: CaseResult) => void,
): Promise<Checked> {
  const [user, amount, currency] = [SETTINGS.user.default, SETTINGS.amount.default, SETTINGS.currency.default];
  const config = { ...where, user, amount, currency, declinedUser: null, json: false };
  const money = readMoney(config);
  if (!('amountMinor' in money)) throw new Error('assertion failed: the default test charge is valid');
  return await check(config, money, onResult);
}

/** Runs the cases one after the other; `onResult` is called after each. */
async function check(
  config: PaymentsCheckConfig,
  money: Money,
  onResult: (result: CaseResult) => void,
): Promise<Checked> {
  // Only this command loads what it takes.
  const { CannotTellError, connectPaymentService, paymentServiceConformance } =
    await import('@reservations/core/sandbox');
  const { paymentHost: host, paymentPort: port, user: userId, declinedUser: declinedUserId, really } = config;
  const { newUuid } = systemRuntime();
  const tls = readPaymentTlsFiles(config);
  const connection = { host, port, ...(tls === null ? {} : { tls }) };
  const probe = await connectPaymentService({ ...connection, userId, money, declinedUserId, newUuid });
  const results: CaseResult[] = [];
  try {
    for (const each of paymentServiceConformance) {
      const leftOut = reasonToLeaveOut(each, results[0], really);
      const result = leftOut === null ? await runCase(each, probe, CannotTellError) : leftOut;
      results.push(result);
      onResult(result);
    }
  } finally {
    probe.close();
  }
  return { results, sent: probe.sent };
}

function reasonToLeaveOut(
  { title, meaning, sendsCharges }: PaymentServiceCase,
  reached: CaseResult | undefined,
  really: boolean,
): CaseResult | null {
  if (reached?.result === 'failed') return { title, meaning, result: 'left-out', detail: 'it was not reached' };
  if (really || !sendsCharges) return null;
  return { title, meaning, result: 'left-out', detail: 'it sends charges (--really)' };
}

async function runCase(
  { title, meaning, run }: PaymentServiceCase,
  probe: PaymentServiceProbe,
  CannotTellError: new (message: string) => Error,
): Promise<CaseResult> {
  try {
    await run(probe);
    return { title, meaning, result: 'passed', detail: null };
  } catch (error) {
    if (error instanceof CannotTellError) return { title, meaning, result: 'left-out', detail: error.message };
    if (!(error instanceof AssertionError)) throw error;
    return { title, meaning, result: 'failed', detail: error.message };
  }
}

const LABELS = { passed: 'passed  ', failed: 'FAILED  ', 'left-out': 'left out' } as const;

function describeResult({ title, result, detail, meaning }: CaseResult): readonly string[] {
  const head = `${LABELS[result]}  ${title}${result === 'left-out' ? `: ${escapeInvisible(String(detail))}` : ''}`;
  return result === 'failed' ? [head, `          ${escapeInvisible(String(detail))}`, `          ${meaning}`] : [head];
}

function summarize(results: readonly CaseResult[], sent: readonly string[]): readonly string[] {
  const number = (wanted: CaseResult['result']): number => results.filter(({ result }) => result === wanted).length;
  const summary = `${number('passed')} passed, ${number('failed')} failed, ${number('left-out')} left out.`;
  if (sent.length === 0) return ['', summary, 'No charge was sent.'];
  return [
    '',
    summary,
    "Test charges were sent for these reservations; the service's ledger should have each at most once:",
    ...sent.map((id) => `  ${id}`),
  ];
}
