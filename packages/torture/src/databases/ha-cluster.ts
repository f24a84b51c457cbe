import {
  createDatabase,
  type PostgresServer,
  queryOnce,
  startPostgres,
  startStandby,
  type TestDatabase,
} from '@reservations/test-postgres';
import { eventually, pause } from '../support/pause.ts';
import { type Address, openAddress } from './address.ts';

/** Three PostgreSQL servers, one of them the primary, behind one address. */
export interface HaCluster {
  /** The database, at the address. */
  readonly database: TestDatabase;
  primary(): PostgresServer;
  standbys(): readonly PostgresServer[];
  /** The replication connections from the primary to its standbys. */
  readonly replication: Pick<Address, 'hold' | 'release'>;
  /**
   * Kills the primary. After `noticedAfterMs` it is fenced, the standby with the most log is promoted and gets the
   * address, and a third server is created as a standby.
   */
  failOver(noticedAfterMs: number): Promise<void>;
  /** Resolves when every standby has the primary's whole log on disk. */
  caughtUp(): Promise<void>;
  remove(): Promise<void>;
}

interface Member {
  readonly name: string;
  readonly server: PostgresServer;
}

const NAMES = ['a', 'b', 'c'] as const;
const CATCH_UP_TIMEOUT_MS = 60_000;

/**
 * Starts a cluster. With `synchronous` a commit is acknowledged once one of the standbys has it on disk; without, at
 * once: then a promoted standby may lack acknowledged commits.
 */
export async function openHaCluster({ synchronous }: { readonly synchronous: boolean }): Promise<HaCluster> {
  const [address, replication] = [await openAddress(), await openAddress()];
  // Every member has the same settings: a promoted standby keeps them.
  const settings = {
    synchronous_standby_names: synchronous ? `ANY 1 (${NAMES.join(', ')})` : '',
  };
  const settingsOf = (name: string, password: string): Record<string, string> => ({
    ...settings,
    cluster_name: name,
    primary_conninfo: `host=127.0.0.1 port=${replication.port} user=postgres password=${password} application_name=${name}`,
  });
  const [first, ...others] = NAMES;
  let primary: Member = { name: first, server: await startPostgres(settings) };
  pointTo(primary.server);
  const newStandby = async (name: string): Promise<Member> => {
    const { password } = new URL(primary.server.url);
    return { name, server: await startStandby(primary.server, settingsOf(name, password)) };
  };
  let standbys: readonly Member[] = await Promise.all(others.map(newStandby));

  function pointTo({ url }: PostgresServer): void {
    const port = Number(new URL(url).port);
    replication.pointTo(port);
    address.pointTo(port);
  }

  const atAddress = new URL(primary.server.url);
  atAddress.port = String(address.port);
  return {
    database: await createDatabase(atAddress.href),
    primary: () => primary.server,
    standbys: () => standbys.map(({ server }) => server),
    replication,
    async failOver(noticedAfterMs) {
      const dead = primary;
      await dead.server.kill();
      await pause(noticedAfterMs);
      address.pointTo(null);
      replication.pointTo(null);
      replication.release();
      primary = await mostAdvanced(standbys);
      standbys = standbys.filter((standby) => standby !== primary);
      await queryOnce(primary.server.url, 'select pg_promote()');
      pointTo(primary.server);
      await dead.server.remove();
      standbys = [...standbys, await newStandby(dead.name)];
    },
    async caughtUp() {
      const { length } = standbys;
      const caughtUp = await eventually(() => haveAll(primary.server, length), CATCH_UP_TIMEOUT_MS);
      if (!caughtUp) throw new Error(`the standbys did not catch up in ${CATCH_UP_TIMEOUT_MS} ms`);
    },
    async remove() {
      await Promise.all([primary, ...standbys].map(({ server }) => server.remove()));
      await Promise.all([address.close(), replication.close()]);
    },
  };
}

const RECEIVED = `select pg_wal_lsn_diff(
  greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()), '0/0'
)::float8 as received`;

/** The standby with the most log. An acknowledged commit is on one standby, not on each. */
async function mostAdvanced(standbys: readonly Member[]): Promise<Member> {
  const received = await Promise.all(
    standbys.map(async (member) => {
      const [row] = await queryOnce<{ received: number }>(member.server.url, RECEIVED);
      return { member, received: row?.received ?? 0 };
    }),
  );
  const [best] = received.toSorted((one, other) => other.received - one.received);
  if (best === undefined) throw new Error('there is no standby');
  return best.member;
}

const CAUGHT_UP = `select count(*)::integer as count from pg_stat_replication
  where state = 'streaming' and flush_lsn >= pg_current_wal_flush_lsn()`;

async function haveAll(primary: PostgresServer, count: number): Promise<boolean> {
  const [row] = await queryOnce<{ count: number }>(primary.url, CAUGHT_UP);
  return row?.count === count;
}
