import pg from 'pg';
import { isRepeatable, sqlStateOf, toFault } from '../faults.ts';
import type { Statement } from '../prepared.ts';
import { watchReplication } from './replication-wait.ts';
import { createSockets } from './sockets.ts';

/** Attempts of a statement that fails with 40001 or 40P01. */
export const SENDS_MAX = 5;

/** Added to the server's timeout for the client's, so that the server reports the cause. */
const CLIENT_PATIENCE_MS = 500;

/** Result of a statement. */
export interface Answer<Row> {
  readonly rows: readonly Row[];
  /** Number of rows returned or changed. */
  readonly count: number;
}

/** Runs statements, within a transaction or each in its own. Throws ReservationErrors for faults of the machine. */
export type Run = <Row>(statement: Statement<Row>) => Promise<Answer<Row>>;

/** Connections of a pool. */
export interface PoolLoad {
  readonly inUse: number;
  readonly idle: number;
  /** Calls that wait for a connection. */
  readonly waiting: number;
  readonly max: number;
}

/** A bounded pool of connections. No session state is kept, so that a transaction pooler may be used. */
export interface Connections {
  /** Runs one statement in its own transaction, and repeats it after 40001 or 40P01. */
  readonly run: Run;
  /** Runs `work` in one transaction: committed when it resolves, rolled back when it rejects. */
  transaction<Result>(work: (run: Run) => Promise<Result>): Promise<Result>;
  /** Runs `work` in one transaction that is always rolled back. */
  trial<Result>(work: (run: Run) => Promise<Result>): Promise<Result>;
  load(): PoolLoad;
  /** Closes the connections, also when the server does not respond. No call may be running. */
  end(): Promise<void>;
}

/** Settings of the pool. */
export interface ConnectionOptions {
  /** From {@link parsePostgresUrl}. */
  readonly connectionString: string;
  readonly poolMax: number;
  readonly connectTimeoutMs: number;
  readonly statementTimeoutMs: number;
}

/** Creates a pool that connects on demand. `onReconnect` is called for the first connection after one was lost. */
export function createConnections(options: ConnectionOptions, onReconnect: () => void = () => undefined): Connections {
  const { connectionString, poolMax, connectTimeoutMs, statementTimeoutMs } = options;
  const sockets = createSockets();
  const pool = new pg.Pool({
    connectionString,
    max: poolMax,
    connectionTimeoutMillis: connectTimeoutMs,
    query_timeout: statementTimeoutMs + CLIENT_PATIENCE_MS,
    keepAlive: true,
    stream: sockets.open,
    fallback_application_name: 'reservations',
  });
  let wasLost = false;
  // A broken idle connection is replaced by the next statement; without a listener it would end the process.
  pool.on('error', () => (wasLost = true));
  pool.on('release', (broken) => (wasLost ||= Boolean(broken)));
  pool.on('connect', (client) => {
    // For the life of the connection: one chunk can bring both its readiness and its end, before a statement listens.
    client.on('error', () => undefined);
    if (wasLost) onReconnect();
    wasLost = false;
  });

  async function transaction<Result>(end: 'commit' | 'rollback', work: (run: Run) => Promise<Result>): Promise<Result> {
    return await withConnection(pool, async (client) => {
      let isAnswered = true;
      function note(error: unknown): never {
        if (sqlStateOf(error) === null) isAnswered = false;
        return rethrowFault(error);
      }
      await client.query(BEGIN).catch(note);
      try {
        const result = await work((statement) => send(client, statement).catch(note));
        await client.query(end).catch(note);
        return result;
      } catch (error) {
        // An error of `work` itself is no fault of the server and is rethrown unchanged. The connection is closed in any
        // case, which rolls back as well; a rollback after a statement without a response would only wait.
        if (isAnswered) await client.query('rollback').catch(() => undefined);
        throw error;
      }
    });
  }

  return {
    async run(statement) {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await withConnection(pool, (client) => send(client, statement));
        } catch (error) {
          if (!isRepeatable(error) || attempt === SENDS_MAX) throw toFault(error);
        }
      }
    },
    transaction: (work) => transaction('commit', work),
    trial: (work) => transaction('rollback', work),
    load() {
      const { totalCount, idleCount: idle, waitingCount: waiting } = pool;
      return { inUse: totalCount - idle, idle, waiting, max: poolMax };
    },
    async end() {
      await pool.end();
      await sockets.close();
    },
  };
}

/**
 * Lends a connection for one transaction. After any error the connection is closed, since its state is unknown. A
 * commit that may be on this server alone is a fault (see replication-wait.ts), even when `work` succeeded.
 */
async function withConnection<Result>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect().catch(rethrowFault);
  let broken = true;
  const replication = watchReplication(client);
  try {
    const result = await work(client);
    replication.assertAwaited();
    broken = false;
    return result;
  } finally {
    replication.end();
    client.release(broken);
  }
}

/** One round trip. Only a warning reports a commit that no standby has (see replication-wait.ts). */
const BEGIN = 'begin isolation level read committed; set local client_min_messages = warning';

async function send<Row>(client: pg.PoolClient, { text, values }: Statement<Row>): Promise<Answer<Row>> {
  const { rows, rowCount } = await client.query({ text, values: [...values], types: TYPES });
  return { rows: rows as Row[], count: rowCount ?? 0 };
}

function rethrowFault(error: unknown): never {
  throw toFault(error);
}

const { builtins, getTypeParser } = pg.types;

/** Every bigint in the schema is a safe integer; pg would return a string. */
const TYPES: pg.CustomTypesConfig = {
  getTypeParser: ((oid: Parameters<typeof getTypeParser>[0], format: 'text') =>
    oid === builtins.INT8 ? Number : getTypeParser(oid, format)) as typeof getTypeParser,
};
