import type { ReservationStore } from '@reservations/core';
import { type Subscription, SUBSCRIPTIONS_LIMIT_MAX, toTimestamp } from '@reservations/core/ports';
import { readSettings, type Settings } from '../settings.ts';
import { type CliCommand, type CliContext, EXIT_FAILURE, EXIT_OK } from './command.ts';
import { DB_SETTING, withDatabase } from './database.ts';
import { JSON_SETTING } from './json-setting.ts';
import { reportFaults } from './report.ts';
import { columns, count, describeDuration, plain } from './text.ts';

interface SubscriptionsConfig {
  readonly db: string;
  readonly json: boolean;
}

/** The settings of `subscriptions`. */
export const SUBSCRIPTIONS_SETTINGS: Settings<SubscriptionsConfig> = { db: DB_SETTING, json: JSON_SETTING };

/** `subscriptions`: who reads the log under a name, and how far each has come. */
export const subscriptionsCommand: CliCommand = {
  name: 'subscriptions',
  summary: 'list the named readers of the log and how far they are',
  usage: 'subscriptions [OPTIONS]',
  about:
    'Lists every subscription: the position up to which it has handled the log, how many events it is behind, whether ' +
    'a process holds it, and the event at which it stopped. Exit code 1 when one is stopped.',
  settings: SUBSCRIPTIONS_SETTINGS,
  async run(args, context) {
    const read = readSettings(SUBSCRIPTIONS_SETTINGS, { args, env: context.env });
    if (read.kind === 'faults') return reportFaults(context, 'subscriptions', read.faults);
    const { db, json } = read.values;
    const found = await withDatabase(db, context, readSubscriptions);
    if (json) context.print(JSON.stringify(toJson(found)));
    else printText(context, found, Date.now());
    return countStopped(found) === 0 ? EXIT_OK : EXIT_FAILURE;
  },
};

interface Found {
  readonly subscriptions: readonly Subscription[];
  /** The last position of the log, read after the subscriptions: nobody is ahead of it. */
  readonly end: number;
}

async function readSubscriptions(store: ReservationStore): Promise<Found> {
  const subscriptions = await store.subscriptions.list({ limit: SUBSCRIPTIONS_LIMIT_MAX });
  return { subscriptions, end: await store.events.lastPosition() };
}

function countStopped({ subscriptions }: Found): number {
  return subscriptions.filter(({ stopped }) => stopped !== null).length;
}

const HEAD = ['NAME', 'POSITION', 'BEHIND', 'HOLDER', 'STOPPED'];

function printText(context: CliContext, found: Found, now: number): void {
  const { subscriptions, end } = found;
  if (subscriptions.length === 0) return context.print('Nobody reads the log under a name.');
  const rows = subscriptions.map((subscription) => [
    plain(subscription.name),
    String(subscription.position),
    String(Math.max(0, end - subscription.position)),
    describeHolder(subscription, now),
    describeStop(subscription),
  ]);
  for (const line of columns([HEAD, ...rows])) context.print(line);
  context.print('');
  const stopped = countStopped(found);
  const how = stopped === 0 ? 'none is stopped' : `${stopped} ${stopped === 1 ? 'is' : 'are'} stopped`;
  context.print(`${count(subscriptions.length, 'subscription')}, ${how}; the log ends at ${end}.`);
}

function describeHolder({ owner, leaseUntil }: Subscription, now: number): string {
  if (owner === null) return 'nobody';
  return leaseUntil > now ? `a process, for ${describeDuration(leaseUntil - now)}` : 'none that was heard of lately';
}

function describeStop({ stopped }: Subscription): string {
  return stopped === null ? '-' : `at ${stopped.position}: ${plain(stopped.reason)}`;
}

function toJson(found: Found): object {
  const { subscriptions, end } = found;
  return {
    subscriptions: subscriptions.map(({ name, position, owner, leaseUntil, stopped }) => ({
      name,
      position,
      behind: Math.max(0, end - position),
      owner,
      lease_until: owner === null ? null : toTimestamp(leaseUntil),
      stopped_at: stopped?.position ?? null,
      stopped_because: stopped?.reason ?? null,
    })),
    stopped: countStopped(found),
    end,
  };
}
