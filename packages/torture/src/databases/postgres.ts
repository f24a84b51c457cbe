import { createDatabase, type PostgresServer, startPostgres, type TestDatabase } from '@reservations/test-postgres';
import { type Fault, ONE_MINUTE_MS } from '../faults/fault.ts';
import { pause } from '../support/pause.ts';
import { type Outages, createOutages } from './outages.ts';
import type { StoreKind } from './database.ts';
import { createPostgresInspector } from './postgres-inspector.ts';

/** Servers on one database. */
export const POSTGRES_SERVERS = 3;

/** Short: events that become visible late are noticed only by a reader at that moment. */
export const POSTGRES_FOLLOW_EVERY_MS = 20;

const DOWN_MS = [0, 1_500] as const;
const FREEZE_MS = [200, 2_500] as const;

/** Beyond every time-out of a server: 3.5 s for a statement, 10 s for the database calls of a request. */
const LONG_FREEZE_MS = [10_600, 13_000] as const;

/** One PostgreSQL server with three servers on it. */
export const postgres: StoreKind = {
  servers: POSTGRES_SERVERS,
  refusesMore: false,
  async create() {
    const server = await startPostgres();
    const database = await createDatabase(server.url);
    const [inspector, outages] = [createPostgresInspector(database.url), createOutages()];
    return {
      serverArgs: ['--db', database.url],
      faults: faultsOf(server, database, outages),
      allowedExit: outages.allowedExit,
      followEveryMs: POSTGRES_FOLLOW_EVERY_MS,
      inspect: inspector.inspect,
      async drop() {
        await inspector.close();
        await server.remove();
      },
    };
  },
};

function faultsOf(server: PostgresServer, database: TestDatabase, { during }: Outages): readonly Fault[] {
  return [
    {
      name: 'kill the database',
      weight: 2,
      fromMs: 0,
      perform: ({ random, signal }) =>
        during(async () => {
          await server.kill();
          await pause(random.integer(...DOWN_MS), signal);
          await server.start();
        }),
    },
    {
      name: 'restart the database',
      weight: 1,
      fromMs: 0,
      perform: ({ random, signal }) =>
        during(async () => {
          await server.stop();
          await pause(random.integer(...DOWN_MS), signal);
          await server.start();
        }),
    },
    freezing(server, during, { name: 'pause the database', weight: 1.5, fromMs: 0, rangeMs: FREEZE_MS }),
    freezing(server, during, {
      name: 'pause the database beyond a time-out',
      weight: 0.4,
      fromMs: ONE_MINUTE_MS,
      rangeMs: LONG_FREEZE_MS,
    }),
    cutting(database, during),
  ];
}

function freezing(
  server: PostgresServer,
  during: Outages['during'],
  { rangeMs, ...fault }: Omit<Fault, 'perform'> & { readonly rangeMs: readonly [number, number] },
): Fault {
  return {
    ...fault,
    perform: ({ random, signal }) =>
      during(async () => {
        await server.freeze();
        await pause(random.integer(...rangeMs), signal);
        await server.thaw();
      }),
  };
}

/** Ends all connections to the database, at any point of their transactions. */
export function cutting(database: Pick<TestDatabase, 'query'>, during: Outages['during']): Fault {
  return {
    name: 'cut all connections to the database',
    weight: 2,
    fromMs: 0,
    perform: () =>
      during(async () => {
        await database.query(CUT);
      }),
  };
}

const CUT = `select pg_terminate_backend(pid) from pg_stat_activity
  where datname = current_database() and pid <> pg_backend_pid()`;
