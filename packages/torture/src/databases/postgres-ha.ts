import { type Fault, type FaultContext, ONE_MINUTE_MS } from '../faults/fault.ts';
import { eventually, pause } from '../support/pause.ts';
import { type Outages, createOutages } from './outages.ts';
import type { StoreKind } from './database.ts';
import { type HaCluster, openHaCluster } from './ha-cluster.ts';
import { cutting, POSTGRES_FOLLOW_EVERY_MS, POSTGRES_SERVERS } from './postgres.ts';
import { createPostgresInspector } from './postgres-inspector.ts';

const NOTICED_AFTER_MS = [0, 1_500] as const;
const HELD_MS = [200, 1_000] as const;
const DOWN_MS = [0, 1_500] as const;
const FREEZE_MS = [200, 2_500] as const;

/** Beyond every time-out of a server: 3.5 s for a statement, 10 s for the database calls of a request. */
const LONG_FREEZE_MS = [10_600, 13_000] as const;

/** A primary whose commits wait for one of two standbys, with three servers on it. */
export const postgresHa: StoreKind = kindWith({ synchronous: true });

/**
 * The same with asynchronous replication, which loses acknowledged commits at a failover. It shows that the loss is
 * detected.
 */
export const postgresHaAsync: StoreKind = kindWith({ synchronous: false });

function kindWith(options: { readonly synchronous: boolean }): StoreKind {
  return {
    servers: POSTGRES_SERVERS,
    refusesMore: false,
    async create() {
      const cluster = await openHaCluster(options);
      const { database } = cluster;
      const [inspector, outages] = [createPostgresInspector(database.url), createOutages()];
      return {
        serverArgs: ['--db', database.url],
        faults: faultsOf(cluster, outages, options.synchronous ? aWhile : untilAhead),
        allowedExit: outages.allowedExit,
        followEveryMs: POSTGRES_FOLLOW_EVERY_MS,
        inspect: inspector.inspect,
        async drop() {
          await inspector.close();
          await cluster.remove();
        },
      };
    },
  };
}

/** Waits while the standbys receive nothing. */
type Lag = (cluster: HaCluster, context: FaultContext) => Promise<void>;

/** Waits a drawn time. Commits wait too. */
const aWhile: Lag = (_, { random, signal }) => pause(random.integer(...HELD_MS), signal);

/** Waits until so many events are on the primary alone that some must have been acknowledged. */
async function untilAhead({ database }: HaCluster): Promise<void> {
  const position = async (): Promise<number> => {
    const [row] = await database.query<{ position: number }>(POSITION);
    return row?.position ?? 0;
  };
  const before = await position();
  await eventually(async () => (await position()) >= before + AHEAD_EVENTS, AHEAD_TIMEOUT_MS);
}

const POSITION = 'select coalesce(max(position), 0)::float8 as position from events';
const AHEAD_EVENTS = 30;
const AHEAD_TIMEOUT_MS = 30_000;

function faultsOf(cluster: HaCluster, { during }: Outages, lag: Lag): readonly Fault[] {
  const cut = cutting(cluster.database, during);
  return [
    {
      name: 'fail over',
      weight: 2,
      fromMs: 0,
      perform: ({ random }) => during(() => cluster.failOver(random.integer(...NOTICED_AFTER_MS))),
    },
    {
      name: 'fail over while the standbys lag behind',
      weight: 2,
      fromMs: 0,
      perform: (context) =>
        during(async () => {
          cluster.replication.hold();
          await lag(cluster, context);
          await cluster.failOver(context.random.integer(...NOTICED_AFTER_MS));
        }),
    },
    {
      name: 'kill the primary and start it again',
      weight: 1,
      fromMs: 0,
      perform: ({ random, signal }) =>
        during(async () => {
          await cluster.primary().kill();
          await pause(random.integer(...DOWN_MS), signal);
          await cluster.primary().start();
          await cluster.caughtUp();
        }),
    },
    {
      name: 'kill a standby',
      weight: 1,
      fromMs: 0,
      perform: async ({ random, signal }) => {
        const standby = random.pick(cluster.standbys());
        await standby.kill();
        await pause(random.integer(...DOWN_MS), signal);
        await standby.start();
      },
    },
    freezing(cluster, during, { name: 'pause all standbys', weight: 1, fromMs: 0, rangeMs: FREEZE_MS }),
    freezing(cluster, during, {
      name: 'pause all standbys beyond a time-out',
      weight: 0.3,
      fromMs: ONE_MINUTE_MS,
      rangeMs: LONG_FREEZE_MS,
    }),
    {
      ...cut,
      // A commit that waits for its standby becomes visible when its connection is cut.
      async perform(context) {
        await cut.perform(context);
        await cluster.caughtUp();
      },
    },
  ];
}

/** Pauses all standbys. Meanwhile every commit waits. */
function freezing(
  cluster: HaCluster,
  during: Outages['during'],
  { rangeMs, ...fault }: Omit<Fault, 'perform'> & { readonly rangeMs: readonly [number, number] },
): Fault {
  return {
    ...fault,
    perform: ({ random, signal }) =>
      during(async () => {
        const standbys = cluster.standbys();
        await Promise.all(standbys.map((standby) => standby.freeze()));
        await pause(random.integer(...rangeMs), signal);
        await Promise.all(standbys.map((standby) => standby.thaw()));
      }),
  };
}
