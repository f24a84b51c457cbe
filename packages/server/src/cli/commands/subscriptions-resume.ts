import { isSubscriptionName, type ResumeResult, SUBSCRIPTION_NAME_EXPECTED } from '@reservations/core/ports';
import { resumeSubscription } from '@reservations/core/operations';
import type { Setting } from '../../config/settings.ts';
import type { CliCommand } from '../command.ts';
import { defineCommand } from '../define-command.ts';
import { DB_SETTING } from '../settings/db-setting.ts';
import { JSON_SETTING } from '../settings/json-setting.ts';

/** Position of the event that is left out, null for none. An operator names it, so that no event is skipped unseen. */
const SKIP_SETTING: Setting<number | null> = {
  flag: 'skip',
  env: null,
  value: 'POSITION',
  default: null,
  description: 'Leave out the event at which it stopped; it has to be the one at this position',
  expected: 'a position, a whole number from 1',
  parse: (text) => (/^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined),
};

/** `subscriptions resume`: lets a stopped subscription go on. */
export const subscriptionsResumeCommand: CliCommand = defineCommand({
  name: 'subscriptions resume',
  summary: 'let a stopped subscription go on, with its event or without',
  usage: 'subscriptions resume NAME [OPTIONS]',
  about:
    'Lets a subscription go on that stopped at an event. Without --skip the event is tried again: mend the handler ' +
    'first. With --skip it is never handed over again. A process that waits for the subscription takes it up within ' +
    'five seconds. Exit code 0 when it may go on, 1 when it was refused.',
  settings: { skip: SKIP_SETTING, db: DB_SETTING, json: JSON_SETTING },
  argument: {
    expected: `the name of a subscription, ${SUBSCRIPTION_NAME_EXPECTED}`,
    parse: (text: string) => (isSubscriptionName(text) ? text : null),
  },
  async run({ values: { skip, db }, argument: name, withStore }) {
    const result = await withStore(db, (store) => resumeSubscription(store, name, skip === null ? {} : { skip }));
    if (result.kind !== 'resumed') {
      const message = `${whyNot(name, result)} Nothing was changed.`;
      return { kind: 'refused', code: REFUSAL_CODES[result.kind], message };
    }
    return {
      kind: 'answer',
      text: [`${name} goes on with the event at ${result.position + 1}.`],
      json: { name, position: result.position, skipped: skip },
    };
  },
});

const REFUSAL_CODES: { readonly [Kind in Exclude<ResumeResult['kind'], 'resumed'>]: string } = {
  unknown: 'subscription_not_found',
  'not-stopped': 'subscription_not_stopped',
  'stopped-elsewhere': 'subscription_stopped_elsewhere',
};

function whyNot(name: string, result: Exclude<ResumeResult, { kind: 'resumed' }>): string {
  switch (result.kind) {
    case 'unknown':
      return `There is no subscription ${name}.`;
    case 'not-stopped':
      return `${name} is not stopped.`;
    case 'stopped-elsewhere':
      return `${name} is stopped at ${result.position}.`;
  }
}
