import { escapeInvisible } from '@reservations/core';
import { type Subscription, toTimestamp } from '@reservations/core/ports';
import { listSubscriptions, type SubscriptionList } from '@reservations/core/operations';
import type { CliCommand } from '../command.ts';
import { defineCommand } from '../define-command.ts';
import { DB_SETTING } from '../settings/db-setting.ts';
import { JSON_SETTING } from '../settings/json-setting.ts';
import { columns, count, describeDuration } from '../text.ts';

/** `subscriptions`: the named readers of the log, and the position of each. */
export const subscriptionsCommand: CliCommand = defineCommand({
  name: 'subscriptions',
  summary: 'list the named readers of the log and how far they are',
  usage: 'subscriptions [OPTIONS]',
  about:
    'Lists every subscription: the position up to which it has handled the log, how many events it is behind, whether ' +
    'a process holds it, and the event at which it stopped. Exit code 1 when one is stopped.',
  settings: { db: DB_SETTING, json: JSON_SETTING },
  async run({ values, withStore }) {
    const found = await withStore(values.db, (store) => listSubscriptions(store));
    return {
      kind: 'answer',
      text: toText(found, Date.now()),
      json: toJson(found),
      needsAttention: found.stopped > 0,
    };
  },
});

const HEAD = ['NAME', 'POSITION', 'BEHIND', 'HOLDER', 'STOPPED'];

function toText(found: SubscriptionList, now: number): readonly string[] {
  const { subscriptions, stopped, end } = found;
  if (subscriptions.length === 0) return ['There are no subscriptions.'];
  const rows = subscriptions.map((subscription) => [
    escapeInvisible(subscription.name),
    String(subscription.position),
    String(subscription.behind),
    describeHolder(subscription, now),
    describeStop(subscription),
  ]);
  const how = stopped === 0 ? 'none is stopped' : `${stopped} ${stopped === 1 ? 'is' : 'are'} stopped`;
  const summary = `${count(subscriptions.length, 'subscription')}, ${how}; the log ends at ${end}.`;
  return [...columns([HEAD, ...rows]), '', summary];
}

function describeHolder({ owner, leaseUntil }: Subscription, now: number): string {
  if (owner === null) return 'none';
  return leaseUntil > now ? `a process, for ${describeDuration(leaseUntil - now)}` : 'a process whose lease ended';
}

function describeStop({ stopped }: Subscription): string {
  return stopped === null ? '-' : `at ${stopped.position}: ${escapeInvisible(stopped.reason)}`;
}

function toJson(found: SubscriptionList): object {
  const { subscriptions, stopped, end } = found;
  return {
    subscriptions: subscriptions.map(({ name, position, behind, owner, leaseUntil, stopped }) => ({
      name,
      position,
      behind,
      owner,
      lease_until: owner === null ? null : toTimestamp(leaseUntil),
      stopped_at: stopped?.position ?? null,
      stopped_because: stopped?.reason ?? null,
    })),
    stopped,
    end,
  };
}
