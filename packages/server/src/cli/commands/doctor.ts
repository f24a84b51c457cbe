import { escapeInvisible } from '@reservations/core';
import { examine } from '../../compose/doctor/examine.ts';
import { isPaymentServiceReached } from '../../compose/doctor/check-payments.ts';
import type { Finding } from '../../compose/doctor/finding.ts';
import { SERVER_SETTINGS } from '../../compose/drivers.ts';
import { type Config, readConfig } from '../../config/config.ts';
import type { Settings } from '../../config/settings.ts';
import { switchSetting } from '../../config/setting-kinds.ts';
import type { CliCommand } from '../command.ts';
import { defineCommand } from '../define-command.ts';
import { JSON_SETTING } from '../settings/json-setting.ts';
import { count } from '../text.ts';
import { type CaseResult, checkContract } from './payments-check.ts';

interface DoctorConfig extends Config {
  readonly really: boolean;
  readonly json: boolean;
}

const SETTINGS: Settings<DoctorConfig> = {
  ...SERVER_SETTINGS,
  really: switchSetting({
    flag: 'really',
    env: null,
    description: 'Check the contract of the payment service with test charges; where it moves money, they cost money',
  }),
  json: JSON_SETTING,
};

/** `doctor`: whether a server with these settings could start here and charge. */
export const doctorCommand: CliCommand = defineCommand<DoctorConfig>({
  name: 'doctor',
  summary: 'check this machine, the database and the payment service',
  usage: 'doctor [OPTIONS OF serve] [--really] [--json]',
  about:
    'Checks what `serve` needs, given the same options and environment: Node and the driver, the database, the port, ' +
    'and the payment service. Makes, changes and, without --really, charges nothing; may run beside the server. ' +
    'Exit code 0 when nothing failed (there may be warnings), 1 when something did.',
  settings: SETTINGS,
  read: (sources) => readConfig(SETTINGS, sources),
  async run({ values, context }) {
    const findings: Finding[] = [];
    const report = (finding: Finding): void => {
      findings.push(finding);
      if (!context.json) for (const line of describeFinding(finding)) context.print(line);
    };
    await examine(values, report);
    // With a fault of TLS every call would fail for the same reason.
    const canAsk = isPaymentServiceReached(findings) && !findings.some(isFaultOfPayments);
    const { sent } = canAsk ? await examineContract(values, report) : { sent: [] };
    return {
      kind: 'answer',
      text: summarize(findings, sent),
      json: { findings, reservation_ids: sent },
      needsAttention: findings.some(({ result }) => result === 'failed'),
    };
  },
});

/** Checks the payment service over gRPC; without --really only what charges nothing. */
function examineContract(
  config: DoctorConfig,
  report: (finding: Finding) => void,
): Promise<{ readonly sent: readonly string[] }> {
  return checkContract(config, (result) => report(findingOf(result)));
}

function isFaultOfPayments({ check, result }: Finding): boolean {
  return check.startsWith('payment service: ') && result === 'failed';
}

function findingOf({ title, result, detail, meaning }: CaseResult): Finding {
  const check = `contract: ${title}`;
  switch (result) {
    case 'passed':
      return { check, result: 'ok', found: 'kept', remedy: null };
    case 'left-out':
      return { check, result, found: detail ?? 'not checked', remedy: null };
    case 'failed':
      return {
        check,
        result,
        found: detail ?? 'not kept',
        remedy: `${meaning} See docs/payment-service.md, and "payments check" for all of the contract.`,
      };
  }
}

const LABELS = { ok: 'ok      ', warning: 'warning ', failed: 'FAILED  ', 'left-out': 'left out' } as const;

function describeFinding({ check, result, found, remedy }: Finding): readonly string[] {
  const line = `${LABELS[result]}  ${check}: ${escapeInvisible(found)}`;
  return remedy === null ? [line] : [line, `          -> ${escapeInvisible(remedy)}`];
}

function summarize(findings: readonly Finding[], sent: readonly string[]): readonly string[] {
  const number = (wanted: Finding['result']): number => findings.filter(({ result }) => result === wanted).length;
  const summary = [
    `${number('ok')} ok`,
    count(number('warning'), 'warning'),
    `${number('failed')} failed`,
    `${number('left-out')} left out`,
  ].join(', ');
  if (sent.length === 0) return ['', `${summary}.`];
  return ['', `${summary}.`, 'Test charges were sent for these reservations:', ...sent.map((id) => `  ${id}`)];
}
