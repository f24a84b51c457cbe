import { isReservationError } from '../../../errors.ts';
import { type SchemaStatus, schemaStatus } from '../../sql/migrations.ts';
import { toFault } from '../faults.ts';
import { schemaVersion } from '../schema/migrate.ts';
import { POSTGRES_MIGRATIONS } from '../schema/steps.ts';
import { type Connections, createConnections, type Run } from './connection.ts';
import { failoverRisk, readServerSettings, type SettingFault, unsuitableSettings } from './durability.ts';
import { parseConnectionOptions, type PostgresStoreOptions } from './options.ts';
import { assertServing, explainUnusable } from './serving-probe.ts';

/** Options of {@link inspectPostgres}. */
export interface PostgresInspectionOptions extends Pick<PostgresStoreOptions, 'connectionString' | 'connectTimeoutMs'> {
  /** Clock of this machine, in milliseconds since 1970. */
  now(): number;
}

/** A requirement that holds, or the message of the error that opening a store would fail with. */
export type Requirement<Value> =
  | { readonly kind: 'met'; readonly value: Value }
  | { readonly kind: 'not-met'; readonly message: string };

/** Facts of a PostgreSQL database that a store depends on. */
export interface PostgresInspection {
  /** Such as "18.4". */
  readonly version: string;
  /** True for a standby, which cannot be written. */
  readonly isStandby: boolean;
  /** TLS version of the connection; null when it is not encrypted. Behind a pooler, of the pooler's connection. */
  readonly encryption: string | null;
  /** Settings with another value than a store requires. */
  readonly settingFaults: readonly SettingFault[];
  /** How a failover could lose acknowledged commits; null when none could. */
  readonly failoverRisk: string | null;
  readonly schema: Requirement<SchemaStatus>;
  /** Whether role and engine can run everything that serving requires; null while the schema is not current. */
  readonly serving: Requirement<true> | null;
  /** Clock of the database minus that of this machine, exact to half the round trip. */
  readonly clockDifferenceMs: number;
}

/**
 * Reads the facts of a database, one after the other, and changes nothing.
 * @throws {ReservationError} INVALID_OPTION; STORE_UNAVAILABLE when the database is not reached.
 */
export async function inspectPostgres({ now, ...options }: PostgresInspectionOptions): Promise<PostgresInspection> {
  const connections = createConnections(parseConnectionOptions({ ...options, poolMax: 1 }));
  try {
    const settings = await readServerSettings(connections.run);
    const schema = await required(async () => schemaStatus(POSTGRES_MIGRATIONS, await readVersion(connections.run)));
    const isCurrent = schema.kind === 'met' && schema.value.pending.length === 0;
    return {
      ...(await readSession(connections.run)),
      isStandby: settings.recovering,
      settingFaults: unsuitableSettings(settings),
      failoverRisk: failoverRisk(settings, false),
      schema,
      serving: isCurrent && !settings.recovering ? await required(() => tryServing(connections)) : null,
      clockDifferenceMs: await readClockDifference(connections.run, now),
    };
  } catch (error) {
    throw toFault(error);
  } finally {
    await connections.end();
  }
}

async function required<Value>(read: () => Promise<Value>): Promise<Requirement<Value>> {
  try {
    return { kind: 'met', value: await read() };
  } catch (error) {
    if (!isReservationError(error)) throw error;
    return { kind: 'not-met', message: error.message };
  }
}

function readVersion(run: Run): Promise<number> {
  return schemaVersion(run, POSTGRES_MIGRATIONS);
}

async function tryServing(connections: Connections): Promise<true> {
  try {
    await assertServing(connections);
    return true;
  } catch (error) {
    explainUnusable(toFault(error));
  }
}

async function readSession(run: Run): Promise<Pick<PostgresInspection, 'version' | 'encryption'>> {
  const text = `select split_part(current_setting('server_version'), ' ', 1) as version,
    (select version from pg_stat_ssl where pid = pg_backend_pid() and ssl) as encryption`;
  const { rows } = await run<Pick<PostgresInspection, 'version' | 'encryption'>>({ text, values: [] });
  return rows[0] ?? { version: 'unknown', encryption: null };
}

async function readClockDifference(run: Run, now: () => number): Promise<number> {
  const text = 'select extract(epoch from clock_timestamp())::float8 * 1000 as now';
  const before = now();
  const { rows } = await run<{ readonly now: number }>({ text, values: [] });
  return Math.round(Number(rows[0]?.now) - (before + now()) / 2);
}
