import { AssertionError } from 'node:assert/strict';
import { type Money, parseCreateRequest, systemRuntime } from '@reservations/core';
import type { PaymentServiceCase, PaymentServiceProbe } from '@reservations/core/sandbox';
import { CONFIG_SETTINGS } from '../config.ts';
import { switchSetting, textSetting } from '../setting-kinds.ts';
import { readSettings, type Settings } from '../settings.ts';
import { type CliCommand, type CliContext, EXIT_FAILURE, EXIT_OK } from './command.ts';
import { JSON_SETTING } from './json-setting.ts';
import { reportFaults } from './report.ts';
import { plain } from './text.ts';

interface PaymentsCheckConfig {
  readonly host: string;
  readonly port: number;
  readonly really: boolean;
  readonly user: string;
  readonly declinedUser: string | null;
  readonly amount: string;
  readonly currency: string;
  readonly json: boolean;
}

/** The settings of `payments check`. */
export const PAYMENTS_CHECK_SETTINGS: Settings<PaymentsCheckConfig> = {
  host: { ...CONFIG_SETTINGS.paymentHost, flag: 'host' },
  port: { ...CONFIG_SETTINGS.paymentPort, flag: 'port' },
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
export const paymentsCheckCommand: CliCommand = {
  name: 'payments check',
  summary: 'check whether a payment service keeps its contract',
  usage: 'payments check [OPTIONS]',
  about:
    'Asks a payment service what the server would ask it, and says whether it keeps the contract. Without --really ' +
    'it charges nothing, and says what it left out. Exit code 0 when nothing failed, 1 when something did.',
  settings: PAYMENTS_CHECK_SETTINGS,
  async run(args, context) {
    const read = readSettings(PAYMENTS_CHECK_SETTINGS, { args, env: context.env });
    if (read.kind === 'faults') return reportFaults(context, 'payments check', read.faults);
    const money = readMoney(read.values);
    if (!('amountMinor' in money)) return reportFaults(context, 'payments check', money);
    return await check(read.values, money, context);
  },
};

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
    const flag = field === 'userId' ? 'user' : field;
    return `--${flag}: expected ${EXPECTED[flag]}, found ${JSON.stringify(config[flag])} (${code})`;
  });
}

interface CaseResult {
  readonly title: string;
  readonly result: 'passed' | 'failed' | 'left-out';
  /** Why it failed or was left out. */
  readonly detail: string | null;
  readonly meaning: string;
}

async function check(config: PaymentsCheckConfig, money: Money, context: CliContext): Promise<number> {
  // Only who checks a service loads what it takes.
  const { CannotTellError, connectPaymentService, paymentServiceConformance } =
    await import('@reservations/core/sandbox');
  const { host, port, user: userId, declinedUser: declinedUserId, really } = config;
  const { newUuid } = systemRuntime();
  const probe = await connectPaymentService({ host, port, userId, money, declinedUserId, newUuid });
  const results: CaseResult[] = [];
  try {
    for (const each of paymentServiceConformance) {
      const leftOut = reasonToLeaveOut(each, results[0], really);
      const result = leftOut === null ? await runCase(each, probe, CannotTellError) : leftOut;
      results.push(result);
      if (!config.json) printResult(context, result);
    }
  } finally {
    probe.close();
  }
  if (config.json) context.print(JSON.stringify({ results, reservation_ids: probe.sent }));
  else printSummary(context, results, probe.sent);
  return results.some(({ result }) => result === 'failed') ? EXIT_FAILURE : EXIT_OK;
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

function printResult(context: CliContext, { title, result, detail, meaning }: CaseResult): void {
  context.print(`${LABELS[result]}  ${title}${result === 'left-out' ? `: ${plain(String(detail))}` : ''}`);
  if (result !== 'failed') return;
  context.print(`          ${plain(String(detail))}`);
  context.print(`          ${meaning}`);
}

function printSummary(context: CliContext, results: readonly CaseResult[], sent: readonly string[]): void {
  const number = (wanted: CaseResult['result']): number => results.filter(({ result }) => result === wanted).length;
  context.print('');
  context.print(`${number('passed')} passed, ${number('failed')} failed, ${number('left-out')} left out.`);
  if (sent.length === 0) return context.print('No charge was sent.');
  context.print("Test charges were sent for these reservations; the service's ledger should have each at most once:");
  for (const id of sent) context.print(`  ${id}`);
}
