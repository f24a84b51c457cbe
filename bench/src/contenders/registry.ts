/** Ids of everything that is measured. */
export type ContenderId =
  | 'ours-sqlite'
  | 'ours-postgres'
  | 'raw-sqlite'
  | 'raw-sqlite-single'
  | 'raw-postgres'
  | 'raw-postgres-single'
  | 'bare-grpc'
  | 'bare-koa'
  | 'fastapi-old'
  | 'fastapi-well'
  | 'emmett-sqlite'
  | 'emmett-postgres'
  | 'castore-postgres'
  | 'dbos-one-step'
  | 'dbos-three-steps'
  | 'restate';

/** What is told about a contender. */
export interface ContenderInfo {
  readonly title: string;
  /** This project, another project, or the limit of what could be done by hand. */
  readonly kind: 'ours' | 'peer' | 'limit';
  /** Where it stores; 'own' for a database of its own, 'none' when it stores nothing. */
  readonly store: 'sqlite' | 'postgres' | 'own' | 'none';
  /** What it needs to run: the packages of bench/peers, or Python with FastAPI. */
  readonly needs?: 'peers' | 'fastapi';
}

/** Every contender, in the order of tables and plots. */
export const CONTENDERS: Readonly<Record<ContenderId, ContenderInfo>> = {
  'ours-sqlite': { title: '@reservations, SQLite', kind: 'ours', store: 'sqlite' },
  'ours-postgres': { title: '@reservations, PostgreSQL', kind: 'ours', store: 'postgres' },
  'raw-sqlite': { title: 'limit: better-sqlite3 by hand, group commit', kind: 'limit', store: 'sqlite' },
  'raw-sqlite-single': { title: 'limit: better-sqlite3 by hand, a commit each', kind: 'limit', store: 'sqlite' },
  'raw-postgres': { title: 'limit: pg by hand, group commit', kind: 'limit', store: 'postgres' },
  'raw-postgres-single': { title: 'limit: pg by hand, a commit each', kind: 'limit', store: 'postgres' },
  'bare-grpc': { title: 'limit: the gRPC call alone, nothing stored', kind: 'limit', store: 'none' },
  'bare-koa': { title: 'limit: Koa and the gRPC call, nothing stored', kind: 'limit', store: 'none' },
  'fastapi-old': {
    title: 'FastAPI, as the service before this one',
    kind: 'peer',
    store: 'none',
    needs: 'fastapi',
  },
  'fastapi-well': { title: 'FastAPI, one channel, asynchronous', kind: 'peer', store: 'none', needs: 'fastapi' },
  'emmett-sqlite': { title: 'Emmett, SQLite', kind: 'peer', store: 'sqlite', needs: 'peers' },
  'emmett-postgres': { title: 'Emmett, PostgreSQL', kind: 'peer', store: 'postgres', needs: 'peers' },
  'castore-postgres': { title: 'Castore, PostgreSQL', kind: 'peer', store: 'postgres', needs: 'peers' },
  'dbos-one-step': { title: 'DBOS Transact, one step', kind: 'peer', store: 'postgres', needs: 'peers' },
  'dbos-three-steps': { title: 'DBOS Transact, three steps', kind: 'peer', store: 'postgres', needs: 'peers' },
  restate: { title: 'Restate', kind: 'peer', store: 'own', needs: 'peers' },
};

/** All ids, in that order. */
export const CONTENDER_IDS: readonly ContenderId[] = Object.keys(CONTENDERS) as ContenderId[];
