import { type Compilable, expressionBuilder, type ExpressionWrapper, type Kysely } from 'kysely';
import { ONLY_SHARD, type SubscriptionRow, type Tables } from '../columns.ts';

interface Named {
  readonly name: string;
}

interface Held extends Named {
  readonly owner: string;
}

/** Parameters of the statements. */
export interface SubscriptionParameters {
  readonly find: Named;
  readonly claim: Held & { readonly startAfter: number; readonly now: number; readonly leaseUntil: number };
  readonly advance: Held & { readonly position: number; readonly leaseUntil: number };
  readonly release: Held & { readonly position: number };
  readonly stop: Held & { readonly position: number; readonly stoppedAt: number; readonly reason: string };
  readonly resume: Named;
  readonly resumeBehind: Named & { readonly stoppedAt: number };
  readonly list: { readonly limit: number };
}

/** Rows that they return. */
export interface SubscriptionRows {
  readonly find: SubscriptionRow;
  /** The checkpoint; no row when another owner holds the lease, or the subscription is stopped. */
  readonly claim: Pick<SubscriptionRow, 'position'>;
  readonly advance: unknown;
  readonly release: unknown;
  readonly stop: unknown;
  /** The checkpoint; no row when there was nothing to resume. */
  readonly resume: Pick<SubscriptionRow, 'position'>;
  readonly resumeBehind: Pick<SubscriptionRow, 'position'>;
  readonly list: SubscriptionRow;
}

/** The statements, each of which is a whole transaction. */
export type SubscriptionQueries = {
  readonly [Name in keyof SubscriptionParameters]: (
    parameters: SubscriptionParameters[Name],
  ) => Compilable<SubscriptionRows[Name]>;
};

const FREE = { owner: null, lease_until: 0 } as const;
const RUNNING = { stopped_at: null, stopped_because: null } as const;

/** Builds them with the query builder of a dialect. */
export function subscriptionQueries(sql: Kysely<Tables>): SubscriptionQueries {
  const named = (name: string) =>
    sql.updateTable('subscriptions').where('shard', '=', ONLY_SHARD).where('name', '=', name);
  const held = (name: string, owner: string) => named(name).where('owner', '=', owner);
  return {
    find: ({ name }) =>
      sql.selectFrom('subscriptions').selectAll().where('shard', '=', ONLY_SHARD).where('name', '=', name),
    claim: ({ name, owner, startAfter, now, leaseUntil }) =>
      sql
        .insertInto('subscriptions')
        .values({ shard: ONLY_SHARD, name, position: startAfter, owner, lease_until: leaseUntil, ...RUNNING })
        .onConflict((conflict) =>
          conflict
            .columns(['shard', 'name'])
            .doUpdateSet({ owner, lease_until: forward('lease_until', leaseUntil) })
            .where('subscriptions.stopped_at', 'is', null)
            .where(({ or, eb }) =>
              or([
                eb('subscriptions.owner', 'is', null),
                eb('subscriptions.owner', '=', owner),
                eb('subscriptions.lease_until', '<=', now),
              ]),
            ),
        )
        .returning('position'),
    advance: ({ name, owner, position, leaseUntil }) =>
      held(name, owner).set({
        position: forward('position', position),
        lease_until: forward('lease_until', leaseUntil),
      }),
    release: ({ name, owner, position }) => held(name, owner).set({ position: forward('position', position), ...FREE }),
    stop: ({ name, owner, position, stoppedAt, reason }) =>
      held(name, owner).set({
        position: forward('position', position),
        ...FREE,
        stopped_at: stoppedAt,
        stopped_because: reason,
      }),
    resume: ({ name }) => named(name).set(RUNNING).where('stopped_at', 'is not', null).returning('position'),
    resumeBehind: ({ name, stoppedAt }) =>
      named(name)
        .set({ ...RUNNING, position: stoppedAt })
        .where('stopped_at', '=', stoppedAt)
        .returning('position'),
    list: ({ limit }) =>
      sql.selectFrom('subscriptions').selectAll().where('shard', '=', ONLY_SHARD).orderBy('name').limit(limit),
  };
}

/** Neither a checkpoint nor the end of a lease moves back, also when an older request arrives late. */
function forward(name: 'position' | 'lease_until', value: number): ExpressionWrapper<Tables, 'subscriptions', number> {
  const { case: chosen, ref } = expressionBuilder<Tables, 'subscriptions'>();
  const column = `subscriptions.${name}` as const;
  return chosen().when(column, '<', value).then(value).else(ref(column)).end();
}
