import { ReservationError } from '../../../errors.ts';
import type { Run } from './connection.ts';

/** Older releases no longer receive fixes. */
export const SERVER_VERSION_MIN = 15;

/** Server settings that decide whether an acknowledged commit survives a power failure, and whether ids sort correctly. */
export interface ServerSettings {
  readonly version: number;
  readonly recovering: boolean;
  readonly fsync: string;
  readonly full_page_writes: string;
  readonly synchronous_commit: string;
  readonly synchronous_standby_names: string;
  /** True when a standby receives the log now or has a replication slot. A base backup is no standby. */
  readonly has_standby: boolean;
  readonly server_encoding: string;
  readonly default_transaction_isolation: string;
  readonly default_transaction_read_only: string;
  readonly client_min_messages: string;
  /** `NAME=VALUE` settings of database and role for new sessions, in order of precedence. */
  readonly next_sessions: readonly string[];
}

/** Every role may read all of this; of a connected standby only its existence. */
const SETTINGS = `select current_setting('server_version_num')::integer as version,
  pg_is_in_recovery() as recovering,
  current_setting('fsync') as fsync,
  current_setting('full_page_writes') as full_page_writes,
  current_setting('synchronous_commit') as synchronous_commit,
  current_setting('synchronous_standby_names') as synchronous_standby_names,
  exists (select from pg_replication_slots where slot_type = 'physical' and not temporary) or exists (
    select from pg_stat_replication r
    where not exists (
      select from pg_replication_slots s where (s.slot_type = 'logical' or s.temporary) and s.active_pid = r.pid
    ) and not exists (select from pg_stat_progress_basebackup b where b.pid = r.pid)
  ) as has_standby,
  current_setting('server_encoding') as server_encoding,
  current_setting('default_transaction_isolation') as default_transaction_isolation,
  current_setting('default_transaction_read_only') as default_transaction_read_only,
  current_setting('client_min_messages') as client_min_messages,
  array(
    select c.setting from pg_db_role_setting s cross join unnest(s.setconfig) as c(setting)
    where s.setdatabase in (0, (select oid from pg_database where datname = current_database()))
      and s.setrole in (0, (select oid from pg_roles where rolname = session_user))
      and not exists (
        select from pg_settings p where p.name = split_part(c.setting, '=', 1) and p.source in ('client', 'session')
      )
    order by s.setrole <> 0 desc, s.setdatabase <> 0 desc
  ) as next_sessions`;

/** Spellings of "on" in a setting of a role or database. */
const SWITCHED_ON = /^(on|t|tr|tru|true|y|ye|yes|1)$/i;

/** Values of client_min_messages that suppress warnings, such as the one about a commit that no standby has. */
const SILENT: ReadonlySet<string> = new Set(['error', 'fatal', 'panic']);

/** Reads the settings that the store's guarantees depend on. */
export async function readServerSettings(run: Run): Promise<ServerSettings> {
  const { rows } = await run<ServerSettings>({ text: SETTINGS, values: [] });
  const [settings] = rows;
  if (settings === undefined) throw new Error('assertion failed: the settings of a server are one row');
  return settings;
}

/**
 * Returns the settings of a server that a store can work on.
 * @throws {ReservationError} STORE_UNSUITABLE when a setting has another value than required.
 */
export async function assertDurable(run: Run): Promise<ServerSettings> {
  const settings = await readServerSettings(run);
  const [fault] = unsuitableSettings(settings);
  if (settings.recovering) throw unsuitable({ expected: 'a primary server', found: 'a standby' });
  if (fault !== undefined) throw unsuitable(fault);
  return settings;
}

/** A setting of a server that does not meet a requirement. */
export interface SettingFault {
  readonly expected: string;
  readonly found: string;
}

function unsuitable(fault: SettingFault): ReservationError {
  return new ReservationError('STORE_UNSUITABLE', `the PostgreSQL server needs ${inWords(fault)}`);
}

/** Describes the expected and the found value. */
export function inWords({ expected, found }: SettingFault): string {
  return `${expected}, found ${found}`;
}

/** Describes what makes a server unsuitable, apart from being a standby. */
export function unsuitableSettings(settings: ServerSettings): readonly SettingFault[] {
  const { fsync, full_page_writes, server_encoding } = settings;
  const [commit, isolation, readOnly, messages] = [
    settings.synchronous_commit,
    settings.default_transaction_isolation,
    settings.default_transaction_read_only,
    settings.client_min_messages,
  ];
  const major = Math.floor(settings.version / 10_000);
  const faults: readonly (readonly [boolean, string, string])[] = [
    [major < SERVER_VERSION_MIN, `version ${SERVER_VERSION_MIN} or newer`, String(major)],
    [fsync !== 'on', 'fsync on', fsync],
    [full_page_writes !== 'on', 'full_page_writes on', full_page_writes],
    [commit === 'off', 'synchronous_commit on', commit],
    [server_encoding !== 'UTF8', 'the encoding UTF8', server_encoding],
    [isolation !== 'read committed', 'default_transaction_isolation read committed', isolation],
    [SWITCHED_ON.test(readOnly), 'default_transaction_read_only off, for the database and the role', readOnly],
    [SILENT.has(messages), 'client_min_messages warning or lower', messages],
  ];
  return faults.filter(([isFault]) => isFault).map(([, expected, found]) => ({ expected, found }));
}

/** The settings that the next session gets after a change of database or role settings. */
export function ofNextSessions(settings: ServerSettings): ServerSettings {
  const next = new Map<string, string>();
  for (const setting of settings.next_sessions) {
    const [, name = '', value = ''] = /^([^=]*)=(.*)$/s.exec(setting) ?? [];
    if (!next.has(name)) next.set(name, value);
  }
  return {
    ...settings,
    synchronous_commit: next.get('synchronous_commit') ?? settings.synchronous_commit,
    default_transaction_isolation: next.get('default_transaction_isolation') ?? settings.default_transaction_isolation,
    default_transaction_read_only: next.get('default_transaction_read_only') ?? settings.default_transaction_read_only,
    client_min_messages: next.get('client_min_messages') ?? settings.client_min_messages,
  };
}

/**
 * Describes how a failover could lose acknowledged commits, or returns null. `hadStandby`: this server, or the one before
 * it, was seen with a standby, so that a server without one has lost it.
 */
export function failoverRisk(settings: ServerSettings, hadStandby: boolean): string | null {
  if (hasSynchronousNames(settings)) return settings.synchronous_commit === 'local' ? LOCAL : null;
  if (settings.has_standby) return ASYNCHRONOUS;
  return hadStandby ? ALONE : null;
}

/** True when there is a standby, or commits wait for one. */
export function showsStandby(settings: ServerSettings): boolean {
  return settings.has_standby || hasSynchronousNames(settings);
}

function hasSynchronousNames({ synchronous_standby_names }: ServerSettings): boolean {
  return synchronous_standby_names.trim() !== '';
}

const RISK = 'asynchronous replication: a failover can lose acknowledged reservations';

const ASYNCHRONOUS = `${RISK}. PostgreSQL has a standby, and synchronous_standby_names is empty`;

const LOCAL = `${RISK}. synchronous_commit is local, so that no commit waits for the standbys of synchronous_standby_names`;

const ALONE =
  `${RISK}. PostgreSQL had standbys and has none now, and synchronous_standby_names is empty: commits are on one ` +
  'machine alone';
