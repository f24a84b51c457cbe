import { isSubscriptionName, type ResumeResult, SUBSCRIPTION_NAME_EXPECTED } from '@reservations/core/ports';
import { type Setting, type Settings } from '../settings.ts';
import { readWithPositional } from './arguments.ts';
import { type CliCommand, EXIT_OK } from './command.ts';
import { DB_SETTING, withDatabase } from './database.ts';
import { JSON_SETTING } from './json-setting.ts';
import { reportFaults, reportRefusal } from './report.ts';

interface SubscriptionsResumeConfig {
  /** Position of the event that is left out; null for none. */
  readonly skip: number | null;
  readonly db: string;
  readonly json: boolean;
}

/** Whoever skips an event says which, so that nobody skips one that he has not seen. */
const SKIP_SETTING: Setting<number | null> = {
  flag: 'skip',
  env: null,
  value: 'POSITION',
  default: null,
  description: 'Leave out the event at which it stopped; it has to be the one at this position',
  expected: 'a position, a whole number from 1',
  parse: (text) => (/^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined),
};

/** The settings of `subscriptions resume`. */
export const SUBSCRIPTIONS_RESUME_SETTINGS: Settings<SubscriptionsResumeConfig> = {
  skip: SKIP_SETTING,
  db: DB_SETTING,
  json: JSON_SETTING,
};

/** `subscriptions resume`: lets a stopped subscription go on. */
export const subscriptionsResumeCommand: CliCommand = {
  name: 'subscriptions resume',
  summary: 'let a stopped subscription go on, with its event or without',
  usage: 'subscriptions resume NAME [OPTIONS]',
  about:
    'Lets a subscription go on that stopped at an event. Without --skip the event is tried again: mend the handler ' +
    'first. With --skip it is never handed over again. A process that waits for the subscription takes it up within ' +
    'five seconds. Exit code 0 when it may go on, 1 when it was refused.',
  settings: SUBSCRIPTIONS_RESUME_SETTINGS,
  async run(args, context) {
    const argument = {
      expected: `the name of a subscription, ${SUBSCRIPTION_NAME_EXPECTED}`,
      parse: (text: string) => (isSubscriptionName(text) ? text : null),
    };
    const read = readWithPositional(SUBSCRIPTIONS_RESUME_SETTINGS, argument, args, context);
    if (read.kind === 'faults') return reportFaults(context, 'subscriptions resume', read.faults);
    const { positional: name, values } = read;
    const result = await withDatabase(values.db, context, (store) =>
      store.subscriptions.resume({ name, skip: values.skip }),
    );
    if (result.kind !== 'resumed') {
      return reportRefusal(context, REFUSAL_CODES[result.kind], `${refusal(name, result)} Nothing was changed.`);
    }
    if (values.json) context.print(JSON.stringify({ name, position: result.position, skipped: values.skip }));
    else context.print(`${name} goes on with the event at ${result.position + 1}.`);
    return EXIT_OK;
  },
};

const REFUSAL_CODES: { readonly [Kind in Exclude<ResumeResult['kind'], 'resumed'>]: string } = {
  unknown: 'subscription_not_found',
  'not-stopped': 'subscription_not_stopped',
  'stopped-elsewhere': 'subscription_stopped_elsewhere',
};

function refusal(name: string, result: Exclude<ResumeResult, { kind: 'resumed' }>): string {
  switch (result.kind) {
    case 'unknown':
      return `There is no subscription ${name}.`;
    case 'not-stopped':
      return `${name} is not stopped.`;
    case 'stopped-elsewhere':
      return `${name} is stopped at ${result.position}.`;
  }
}
