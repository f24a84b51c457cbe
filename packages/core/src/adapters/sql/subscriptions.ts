import { isSubscriptionName } from '../../domain/subscription-name.ts';
import { assert } from '../../errors.ts';
import type { AcquireResult, ResumeResult, Subscription, Subscriptions } from '../../ports/subscriptions.ts';
import { assertListLimit } from '../support/arguments.ts';
import type { SubscriptionParameters, SubscriptionRows } from './queries/subscriptions.ts';
import type { SubscriptionRow } from './columns.ts';

/** Runs a statement about subscriptions; `count` is the number of rows returned or changed. */
export type RunSubscriptionQuery = <Name extends keyof SubscriptionParameters>(
  query: Name,
  parameters: SubscriptionParameters[Name],
) => Promise<{ readonly rows: readonly SubscriptionRows[Name][]; readonly count: number }>;

/** The checkpoints over an engine's way to run their statements. */
export function createSqlSubscriptions(run: RunSubscriptionQuery): Subscriptions {
  async function find(name: string): Promise<SubscriptionRow | undefined> {
    return (await run('find', { name })).rows[0];
  }

  return {
    async acquire({ name, owner, startAfter, now, leaseUntil }) {
      assert(isSubscriptionName(name), `a subscription cannot be named ${JSON.stringify(name)}`);
      assert(leaseUntil > now, `a lease from ${now} cannot end at ${leaseUntil}`);
      // A caller that has to wait writes nothing.
      const refused = refusal(await find(name), owner, now);
      if (refused !== null) return refused;
      const { rows } = await run('claim', { name, owner, startAfter, now, leaseUntil });
      const [claimed] = rows;
      if (claimed !== undefined) return { kind: 'acquired', position: claimed.position };
      // Another owner was faster, and may have released it by now: then it was held until now.
      return refusal(await find(name), owner, now) ?? { kind: 'held', until: now };
    },
    async advance({ name, owner, position, leaseUntil }) {
      return (await run('advance', { name, owner, position, leaseUntil })).count > 0;
    },
    async release({ name, owner, position }) {
      return (await run('release', { name, owner, position })).count > 0;
    },
    async stop({ name, owner, position, reason }) {
      const stopped = { name, owner, position: position - 1, stoppedAt: position, reason };
      return (await run('stop', stopped)).count > 0;
    },
    async resume({ name, skip }) {
      const { rows } =
        skip === null ? await run('resume', { name }) : await run('resumeBehind', { name, stoppedAt: skip });
      const [resumed] = rows;
      if (resumed !== undefined) return { kind: 'resumed', position: resumed.position };
      return whyNotResumed(await find(name), skip);
    },
    async list({ limit }) {
      assertListLimit(limit);
      return (await run('list', { limit })).rows.map(fromSubscriptionRow);
    },
  };
}

/** Returns why an owner cannot get the lease, or null. */
function refusal(row: SubscriptionRow | undefined, owner: string, now: number): AcquireResult | null {
  if (row === undefined) return null;
  const { stopped } = fromSubscriptionRow(row);
  if (stopped !== null) return { kind: 'stopped', ...stopped };
  const isFree = row.owner === null || row.owner === owner || row.lease_until <= now;
  return isFree ? null : { kind: 'held', until: row.lease_until };
}

/** State found when there was nothing to resume; a stop after that is another stop. */
function whyNotResumed(row: SubscriptionRow | undefined, skip: number | null): ResumeResult {
  if (row === undefined) return { kind: 'unknown' };
  if (row.stopped_at === null || skip === null || skip === row.stopped_at) return { kind: 'not-stopped' };
  return { kind: 'stopped-elsewhere', position: row.stopped_at };
}

function fromSubscriptionRow(row: SubscriptionRow): Subscription {
  const { name, position, owner, lease_until: leaseUntil, stopped_at, stopped_because } = row;
  const stopped = stopped_at === null ? null : { position: stopped_at, reason: stopped_because ?? '' };
  return { name, position, owner, leaseUntil, stopped };
}
