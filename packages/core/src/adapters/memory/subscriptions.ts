import { isSubscriptionName } from '../../domain/subscription-name.ts';
import { assert } from '../../errors.ts';
import { assertListLimit } from '../support/arguments.ts';
import { type Subscription, type Subscriptions } from '../../ports/subscriptions.ts';
import { frozenCopy } from './frozen.ts';
import type { Tables } from './tables.ts';

const FREE = { owner: null, leaseUntil: 0 } as const;

/** The checkpoints over the store's tables. */
export function createSubscriptions(tables: Tables, assertOpen: () => void): Subscriptions {
  const { subscriptions } = tables;

  /** Changes the subscription when `owner` holds its lease. */
  function change(
    { name, owner }: { readonly name: string; readonly owner: string },
    changed: (held: Subscription) => Partial<Subscription>,
  ): boolean {
    assertOpen();
    const held = subscriptions.get(name);
    if (held === undefined || held.owner !== owner) return false;
    subscriptions.set(name, frozenCopy({ ...held, ...changed(held) }));
    return true;
  }

  return {
    async acquire({ name, owner, startAfter, now, leaseUntil }) {
      assertOpen();
      assert(isSubscriptionName(name), `a subscription cannot be named ${JSON.stringify(name)}`);
      assert(leaseUntil > now, `a lease from ${now} cannot end at ${leaseUntil}`);
      const found = subscriptions.get(name) ?? { name, position: startAfter, ...FREE, stopped: null };
      if (found.stopped !== null) return { kind: 'stopped', ...found.stopped };
      const isFree = found.owner === null || found.owner === owner || found.leaseUntil <= now;
      if (!isFree) return { kind: 'held', until: found.leaseUntil };
      subscriptions.set(name, frozenCopy({ ...found, owner, leaseUntil: Math.max(found.leaseUntil, leaseUntil) }));
      return { kind: 'acquired', position: found.position };
    },
    async advance({ position, leaseUntil, ...holder }) {
      return change(holder, (held) => ({
        position: Math.max(held.position, position),
        leaseUntil: Math.max(held.leaseUntil, leaseUntil),
      }));
    },
    async release({ position, ...holder }) {
      return change(holder, (held) => ({ position: Math.max(held.position, position), ...FREE }));
    },
    async stop({ position, reason, ...holder }) {
      const stopped = { position, reason };
      return change(holder, (held) => ({ position: Math.max(held.position, position - 1), ...FREE, stopped }));
    },
    async resume({ name, skip }) {
      assertOpen();
      const found = subscriptions.get(name);
      if (found === undefined) return { kind: 'unknown' };
      if (found.stopped === null) return { kind: 'not-stopped' };
      if (skip !== null && skip !== found.stopped.position) {
        return { kind: 'stopped-elsewhere', position: found.stopped.position };
      }
      const position = skip ?? found.position;
      subscriptions.set(name, frozenCopy({ ...found, position, stopped: null }));
      return { kind: 'resumed', position };
    },
    async list({ limit }) {
      assertOpen();
      assertListLimit(limit);
      return [...subscriptions.values()].sort((a, b) => (a.name < b.name ? -1 : 1)).slice(0, limit);
    },
  };
}
