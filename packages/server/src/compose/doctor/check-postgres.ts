import { systemRuntime } from '@reservations/core';
import { inspectPostgres, type PostgresInspection } from '@reservations/core/postgres';
import type { PostgresAddress } from '../../config/store-address.ts';
import { SERVING_TIMEOUTS } from '../store.ts';
import { schemaFinding } from './check-schema.ts';
import { failed, type Finding, leftOut, messageOf, ok, warning } from './finding.ts';

/** Differences of clocks: leases last 20 s and more, and times of events are compared by operators. */
const CLOCK_WARNING_MS = 1_000;
const CLOCK_FAILURE_MS = 10_000;

const REST = ['version', 'settings', 'replication', 'encryption', 'clock', 'schema', 'rights'];

/** Checks a PostgreSQL database: reach, version, settings, clock, tables and rights. Changes nothing. */
export async function checkPostgres(
  address: PostgresAddress,
  { requireSchema }: { readonly requireSchema: boolean },
): Promise<readonly Finding[]> {
  const { now } = systemRuntime().clock;
  let inspection: PostgresInspection;
  try {
    const { connectTimeoutMs } = SERVING_TIMEOUTS;
    inspection = await inspectPostgres({ connectionString: address.url, connectTimeoutMs, now });
  } catch (error) {
    const remedy = 'check host, port, user, password and pg_hba.conf, and whether a firewall lets this machine pass';
    return [
      failed('database: reach', messageOf(error), remedy),
      ...REST.map((check) => leftOut(`database: ${check}`, 'the database was not reached')),
    ];
  }
  return [ok('database: reach', address.label), ...(await inspectionFindings(inspection, requireSchema))];
}

/** Returns what the facts of a database mean for a server. */
export async function inspectionFindings(
  inspection: PostgresInspection,
  requireSchema: boolean,
): Promise<readonly Finding[]> {
  const { schema } = inspection;
  return [
    versionFinding(inspection),
    settingsFinding(inspection),
    replicationFinding(inspection),
    encryptionFinding(inspection),
    clockFinding(inspection),
    await schemaFinding(async () => {
      if (schema.kind === 'not-met') throw new Error(schema.message);
      return await Promise.resolve(schema.value);
    }, requireSchema),
    rightsFinding(inspection),
  ];
}

function versionFinding({ version, isStandby }: PostgresInspection): Finding {
  const check = 'database: version';
  if (!isStandby) return ok(check, `PostgreSQL ${version}, a primary server`);
  const remedy = 'name the primary server, or all servers with target_session_attrs=read-write';
  return failed(check, `PostgreSQL ${version}, a standby, which cannot be written`, remedy);
}

function settingsFinding({ settingFaults }: PostgresInspection): Finding {
  const check = 'database: settings';
  if (settingFaults.length === 0) return ok(check, 'commits survive a power failure');
  const found = settingFaults.map(({ expected, found: value }) => `needs ${expected}, found ${value}`).join('; ');
  return failed(check, found, 'change it in postgresql.conf, or for the role and the database with ALTER … SET');
}

function replicationFinding({ failoverRisk }: PostgresInspection): Finding {
  const check = 'database: replication';
  if (failoverRisk === null) return ok(check, 'no failover loses commits that were answered');
  return warning(check, failoverRisk, "name the standbys: synchronous_standby_names = 'ANY 1 (a, b)'");
}

function encryptionFinding({ encryption }: PostgresInspection): Finding {
  const check = 'database: encryption';
  if (encryption !== null) return ok(check, encryption);
  const remedy = 'unless both ends are in one trusted network, add sslmode=verify-full to the URL';
  return warning(check, 'the connection is not encrypted', remedy);
}

function clockFinding({ clockDifferenceMs }: PostgresInspection): Finding {
  const check = 'database: clock';
  const distance = Math.abs(clockDifferenceMs);
  const direction = clockDifferenceMs < 0 ? 'behind' : 'ahead of';
  const found = `the clock of the database is ${distance} ms ${direction} that of this machine`;
  const remedy = 'synchronize both clocks (NTP, chrony)';
  if (distance >= CLOCK_FAILURE_MS) return failed(check, found, remedy);
  return distance >= CLOCK_WARNING_MS ? warning(check, found, remedy) : ok(check, found);
}

function rightsFinding({ serving }: PostgresInspection): Finding {
  const check = 'database: rights';
  if (serving === null) return leftOut(check, 'they are checked once the schema is current, on a primary server');
  if (serving.kind === 'met') return ok(check, 'the role may do all that serving needs');
  return failed(check, serving.message, 'see "The role of the servers" in docs/operations.md');
}
