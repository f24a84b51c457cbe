import pg from 'pg';
import { isRepeatable, sqlStateOf, toFault } from '../faults.ts';
import type { Statement } from '../prepared.ts';
import { watchReplication } from './replication-wait.ts';
import { createSockets } from './sockets.ts';

/** How often a statement is sent that the server undoes for the sake of others. */
export const SENDS_MAX = 5;

/** How much longer than the server the client waits, so that the server is the one that says what went wrong. */
const CLIENT_PATIENCE_MS = 500;

/** What came of a statement. */
export interface Answer<Row> {
  readonly rows: readonly Row[];
  /** Rows that it returned or changed. */
  readonly count: number;
}

/** Runs statements, within a transaction or each in its own. Throws ReservationErrors for the machine's faults. */
export type Run = <Row>(statement: Statement<Row>) => Promise<Answer<Row>>;

/** A bounded number of connections. Nothing is kept in a session, so that a pooler of transactions may stand between. */
export interface Connections {
  /** Runs one statement, which is a transaction, and repeats it when the server undid it for the sake of others. */
  readonly run: Run;
  /** Runs `work` in one transaction: committed when it resolves, undone when it rejects. */
  transaction<Result>(work: (run: Run) => Promise<Result>): Promise<Result>;
  /** Runs `work` in one transaction that is undone however it ends. */
  trial<Result>(work: (run: Run) => Promise<Result>): Promise<Result>;
  /** Closes them, also when the server does not say goodbye. Whatever is under way must have ended. */
  end(): Promise<void>;
}

/** How connections are made. */
export interface ConnectionOptions {
  /** As {@link parsePostgresUrl} gives it to the driver. */
  readonly connectionString: string;
  readonly poolMax: number;
  readonly connectTimeoutMs: number;
  readonly statementTimeoutMs: number;
}

/** Makes connections when they are needed. `onReconnect` is called for the first one after one was lost. */
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
  // An idle connection that breaks is replaced by the next statement; without a listener it would end the process.
  pool.on('error', () => (wasLost = true));
  pool.on('release', (broken) => (wasLost ||= Boolean(broken)));
  pool.on('connect', () => {
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
        // What `work` itself throws is no fault of the server, and comes out as it is. The connection is closed in any
        // case, which undoes everything as well; behind a statement without an answer a rollback would only wait.
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
    async end() {
      await pool.end();
      await sockets.close();
    },
  };
}

/**
 * Lends a connection for one transaction. One on which anything went wrong is closed: what it still does is unknown.
 * A commit that may be on this server alone is a fault (see replication-wait.ts), however well `work` ended.
 */
async function withConnection<Result>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect().catch(rethrowFault);
  let broken = true;
  const onError = (): void => undefined;
  // Whatever it is, the statement under way rejects with it.
  client.on('error', onError);
  const replication = watchReplication(client);
  try {
    const result = await work(client);
    replication.assertAwaited();
    broken = false;
    return result;
  } finally {
    replication.end();
    client.off('error', onError);
    client.release(broken);
  }
}

/** One round trip. Only a warning tells of a commit that is on no standby (see replication-wait.ts). */
const BEGIN = 'begin isolation level read committed; set local client_min_messages = warning';

async function send<Row>(client: pg.PoolClient, { text, values }: Statement<Row>): Promise<Answer<Row>> {
  const { rows, rowCount } = await client.query({ text, values: [...values], types: TYPES });
  return { rows: rows as Row[], count: rowCount ?? 0 };
}

function rethrowFault(error: unknown): never {
  throw toFault(error);
}

const { builtins, getTypeParser } = pg.types;

/** Every bigint of ours is a safe integer; pg would make a text of it. */
const TYPES: pg.CustomTypesConfig = {
  getTypeParser: ((oid: Parameters<typeof getTypeParser>[0], format: 'text') =>
    oid === builtins.INT8 ? Number : getTypeParser(oid, format)) as typeof getTypeParser,
};
