import { ReservationError } from '../../errors.ts';
import type { Run } from './connection.ts';

/** Older ones get no corrections any more. */
export const SERVER_VERSION_MIN = 15;

/** What a server must be so that an acknowledged commit survives a power failure, and so that ids sort as written. */
interface ServerSettings {
  readonly version: number;
  readonly recovering: boolean;
  readonly fsync: string;
  readonly full_page_writes: string;
  readonly synchronous_commit: string;
  readonly synchronous_standby_names: string;
  /** Whether somebody receives the log physically now, or has a slot to do so. */
  readonly has_standby: boolean;
  readonly server_encoding: string;
  readonly default_transaction_isolation: string;
  readonly client_min_messages: string;
}

/** Every role may read all of this; of a standby that is connected it sees no more than that it is. */
const SETTINGS = `select current_setting('server_version_num')::integer as version,
  pg_is_in_recovery() as recovering,
  current_setting('fsync') as fsync,
  current_setting('full_page_writes') as full_page_writes,
  current_setting('synchronous_commit') as synchronous_commit,
  current_setting('synchronous_standby_names') as synchronous_standby_names,
  exists (select from pg_replication_slots where slot_type = 'physical') or exists (
    select from pg_stat_replication r
    where not exists (select from pg_replication_slots s where s.slot_type = 'logical' and s.active_pid = r.pid)
  ) as has_standby,
  current_setting('server_encoding') as server_encoding,
  current_setting('default_transaction_isolation') as default_transaction_isolation,
  current_setting('client_min_messages') as client_min_messages`;

/** Settings of client_min_messages that keep back a warning, such as the one of a commit that is on no standby. */
const SILENT: ReadonlySet<string> = new Set(['error', 'fatal', 'panic']);

/**
 * Asks the server for the settings that the store's promises hang on. Returns, in sentences, what keeps them on this
 * server and could lose them when another takes over.
 * @throws {ReservationError} STORE_UNSUITABLE when one of them is not what it should be.
 */
export async function assertDurable(run: Run): Promise<readonly string[]> {
  const { rows } = await run<ServerSettings>({ text: SETTINGS, values: [] });
  for (const settings of rows) assertSuitable(settings);
  return rows.flatMap(failoverRisks);
}

function assertSuitable(settings: ServerSettings): void {
  const major = Math.floor(settings.version / 10_000);
  if (major < SERVER_VERSION_MIN) throw unsuitable(`version ${SERVER_VERSION_MIN} or newer`, String(major));
  if (settings.recovering) throw unsuitable('a primary server', 'a standby');
  if (settings.fsync !== 'on') throw unsuitable('fsync on', settings.fsync);
  if (settings.full_page_writes !== 'on') throw unsuitable('full_page_writes on', settings.full_page_writes);
  if (settings.synchronous_commit === 'off') throw unsuitable('synchronous_commit on', 'off');
  if (settings.server_encoding !== 'UTF8') throw unsuitable('the encoding UTF8', settings.server_encoding);
  const isolation = settings.default_transaction_isolation;
  if (isolation !== 'read committed') throw unsuitable('default_transaction_isolation read committed', isolation);
  const messages = settings.client_min_messages;
  if (SILENT.has(messages)) throw unsuitable('client_min_messages warning or lower', messages);
}

function failoverRisks(settings: ServerSettings): readonly string[] {
  if (settings.synchronous_standby_names === '') return settings.has_standby ? [ASYNCHRONOUS] : [];
  return settings.synchronous_commit === 'local' ? [LOCAL] : [];
}

const ASYNCHRONOUS =
  'asynchronous replication: a failover can lose acknowledged reservations. PostgreSQL has a standby, and ' +
  'synchronous_standby_names is empty';

const LOCAL =
  'asynchronous replication: a failover can lose acknowledged reservations. synchronous_commit is local, so that no ' +
  'commit waits for the standbys of synchronous_standby_names';

function unsuitable(expected: string, found: string): ReservationError {
  return new ReservationError('STORE_UNSUITABLE', `the PostgreSQL server needs ${expected}, found ${found}`);
}
