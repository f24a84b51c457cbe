import { type Fault, type FaultContext, ONE_MINUTE_MS } from '../faults/fault.ts';
import { eventually, pause } from '../support/pause.ts';
import { type Outages, createOutages } from './outages.ts';
import type { StoreKind } from './database.ts';
import { type HaCluster, openHaCluster } from './ha-cluster.ts';
import { cutting, POSTGRES_FOLLOW_EVERY_MS, POSTGRES_SERVERS } from './postgres.ts';
import { createPostgresInspector } from './postgres-look.ts';

const NOTICED_AFTER_MS = [0, 1_500] as const;
const HELD_MS = [200, 1_000] as const;
const DOWN_MS = [0, 1_500] as const;
const FREEZE_MS = [200, 2_500] as const;

/** Beyond every bound of a server: 3.5 s for a statement, 10 s for all that a request asks of the database at once. */
const LONG_FREEZE_MS = [10_600, 13_000] as const;

/** A primary that waits with every commit for one of two standbys, and three servers on it. */
export const postgresHa: StoreKind = kindWith({ synchronous: true });

/**
 * The same with a primary that waits for nobody. It loses what was acknowledged: nobody should run money on it. It is
 * here to show that such a loss is seen.
 */
export const postgresHaAsync: StoreKind = kindWith({ synchronous: false });

function kindWith(options: { readonly synchronous: boolean }): StoreKind {
  return {
    servers: POSTGRES_SERVERS,
    refusesMore: false,
    async create() {
      const cluster = await openHaCluster(options);
      const { database } = cluster;
      const [looking, outages] = [createPostgresInspector(database.url), createOutages()];
      return {
        serverArgs: ['--db', database.url],
        faults: faultsOf(cluster, outages, options.synchronous ? aWhile : untilAhead),
        allowedExit: outages.allowedExit,
        followEveryMs: POSTGRES_FOLLOW_EVERY_MS,
        look: looking.look,
        async drop() {
          await looking.close();
          await cluster.remove();
        },
      };
    },
  };
}

/** Lets time pass while the standbys get nothing. */
type Lag = (cluster: HaCluster, context: FaultContext) => Promise<void>;

/** Meanwhile every commit waits. */
const aWhile: Lag = (_, { random, signal }) => pause(random.integer(...HELD_MS), signal);

/** Until so much is on the primary alone that clients must have been told of some of it. */
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
      // A commit that was waiting for its standby is visible at once when its connection is cut.
      async perform(context) {
        await cut.perform(context);
        await cluster.caughtUp();
      },
    },
  ];
}

/** Every commit waits as long as the standbys stand still. */
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
