import type { DriverFacts } from './driver-facts.ts';
import { HTTP_SETTINGS, type HttpConfig } from './http-settings.ts';
import { jwtFaults } from './jwt-checks.ts';
import { JWT_SETTINGS, type JwtConfig } from './jwt-settings.ts';
import { MONITORING_SETTINGS, type MonitoringConfig } from './monitoring-settings.ts';
import { ineffectiveSettings } from './ineffective-settings.ts';
import { paymentTlsFaults, serverTlsFaults } from './tls-checks.ts';
import { isLocalHost } from './loopback.ts';
import { LOG_LEVELS, type LogLevel } from './log-level.ts';
import { type PaymentConfig, paymentSettings } from './payment-settings.ts';
import { choiceSetting } from './setting-kinds.ts';
import {
  originsOf,
  readSettings,
  type Setting,
  type SettingOrigins,
  type Settings,
  type SettingSources,
  type SettingsRead,
} from './settings.ts';
import { IN_MEMORY, type StoreAddress } from './store-address.ts';
import { type StoreConfig, storeSettings } from './store-settings.ts';

/** Everything about a server that can be set. */
export interface Config extends StoreConfig, PaymentConfig, HttpConfig, JwtConfig, MonitoringConfig {
  readonly logLevel: LogLevel;
}

/** Names of Python's logging that are none of ours: environments carry them from service to service. */
const LOG_LEVELS_OF_PYTHON: Readonly<Record<string, LogLevel>> = {
  notset: 'trace',
  warning: 'warn',
  critical: 'fatal',
};

/** Returns the one table of a server's settings, in the order of help and documentation. */
export function configSettings(drivers: DriverFacts): Settings<Config> {
  const { host, port, auth, tlsCert, tlsKey, ...http } = HTTP_SETTINGS;
  return {
    host,
    port,
    auth,
    ...JWT_SETTINGS,
    tlsCert,
    tlsKey,
    ...storeSettings(drivers),
    ...paymentSettings(drivers),
    logLevel: LOG_LEVEL_SETTING,
    ...http,
    ...MONITORING_SETTINGS,
  };
}

const LOG_LEVEL_SETTING: Setting<LogLevel> = choiceSetting({
  flag: 'log-level',
  env: 'LOG_LEVEL',
  choices: LOG_LEVELS,
  aliases: LOG_LEVELS_OF_PYTHON,
  default: 'info',
  description: 'How much is logged; upper case and the names of Python, WARNING and CRITICAL, are taken too',
});

/**
 * Reads the settings of a server, and those that a command takes beside them, or every fault in them. With the sandbox no money moves, and nothing is kept unless
 * a database is named.
 */
export function readConfig<Values extends Config>(
  settings: Settings<Values>,
  sources: SettingSources,
): SettingsRead<Values> {
  const origins: SettingOrigins<Config> = originsOf(settings, sources);
  const check = (values: Partial<Config>): readonly string[] => checkTogether(values, origins);
  const read = readSettings(settings, sources, check);
  if (read.kind === 'faults' || !read.values.sandbox) return read;
  const db: Setting<StoreAddress> = { ...settings.db, default: { kind: 'sqlite', path: IN_MEMORY } };
  const withSandbox: Settings<Values> = { ...settings, db };
  return readSettings(withSandbox, sources, check);
}

/** Notes for the start: variables that are set and have no effect on this server. */
export function configNotes(settings: Settings<Config>, config: Config, sources: SettingSources): readonly string[] {
  return ineffectiveSettings(config, originsOf(settings, sources)).notes;
}

function checkTogether(values: Partial<Config>, origins: SettingOrigins<Config>): readonly string[] {
  const { sandbox, sandboxLedger } = values;
  const faults = [
    ...ineffectiveSettings(values, origins).faults,
    ...openToOthers(values, origins),
    ...keysInMemory(values, origins),
    ...jwtFaults(values, origins),
    ...samePort(values, origins),
    ...paymentTlsFaults(values, origins),
    ...serverTlsFaults(values, origins),
  ];
  if (sandbox !== false || typeof sandboxLedger !== 'string') return faults;
  // A fault as a variable too: it is set for a sandbox alone, and without one the charges would be real.
  const ledger = `${origins.sandboxLedger}: expected --sandbox with it, found ${JSON.stringify(sandboxLedger)} alone`;
  return [...faults, ledger];
}

/** A server that other machines reach is never open by default. */
function openToOthers({ host }: Partial<Config>, origins: SettingOrigins<Config>): readonly string[] {
  if (host === undefined || isLocalHost(host)) return [];
  if (origins.auth !== undefined) return [];
  return [
    `--auth: expected api-key, jwt, or none to let everyone in who reaches ${host}, which ${origins.host} sets; found nothing`,
  ];
}

/** No key could be made for such a server: every request would be a 401. */
function keysInMemory({ auth, db }: Partial<Config>, origins: SettingOrigins<Config>): readonly string[] {
  if (auth !== 'api-key' || db?.kind !== 'sqlite' || db.path !== IN_MEMORY) return [];
  return [`--db: expected a file or postgres:// beside ${origins.auth}, for the keys; found ${IN_MEMORY}`];
}

/** Metrics are not for those who reach the API. */
function samePort({ port, metricsPort }: Partial<Config>, origins: SettingOrigins<Config>): readonly string[] {
  if (port === 0 || metricsPort !== port) return [];
  return [`${origins.metricsPort}: expected another port than that of the API, found ${metricsPort}`];
}
