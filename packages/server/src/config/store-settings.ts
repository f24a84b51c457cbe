import type { DriverFacts } from './driver-facts.ts';
import { storeSetting, switchSetting, textSetting, wholeNumberSetting } from './setting-kinds.ts';
import type { Settings } from './settings.ts';
import type { StoreAddress } from './store-address.ts';

/** Where reservations are kept, and how a server uses it. */
export interface StoreConfig {
  readonly db: StoreAddress;
  /** Maximum of connections to PostgreSQL. */
  readonly dbPool: number;
  /** Sends a notification after commits, for followers of the log in other processes. */
  readonly dbNotify: boolean;
  /** Makes and changes no tables; a database without the current ones is refused. */
  readonly requireSchema: boolean;
  /** Directory at which a volume should be mounted, in a container; null outside of one. */
  readonly dataVolume: string | null;
}

const DEFAULT_ADDRESS: StoreAddress = { kind: 'sqlite', path: './reservations.db' };

/** Returns the settings of {@link StoreConfig}. */
export function storeSettings(drivers: DriverFacts): Settings<StoreConfig> {
  return {
    db: storeSetting(
      {
        flag: 'db',
        env: 'RESERVATIONS_DB',
        fallbackEnv: 'DATABASE_URL',
        default: DEFAULT_ADDRESS,
        description:
          'SQLite file, made when it is not there; :memory: keeps nothing; or a postgres:// URL, for several servers',
      },
      drivers,
    ),
    dbPool: wholeNumberSetting({
      flag: 'db-pool',
      env: 'RESERVATIONS_DB_POOL',
      min: 1,
      max: drivers.postgresPool.max,
      default: drivers.postgresPool.default,
      description: 'On PostgreSQL: connections that this server holds at most',
    }),
    dbNotify: switchSetting({
      flag: 'db-notify',
      env: 'RESERVATIONS_DB_NOTIFY',
      description:
        'On PostgreSQL: send NOTIFY after commits, so that readers of the log in other processes need not poll',
    }),
    requireSchema: switchSetting({
      flag: 'require-schema',
      env: 'RESERVATIONS_REQUIRE_SCHEMA',
      description: 'Make and change no tables: start only on a database that `migrate up` has made current',
    }),
    dataVolume: textSetting({
      flag: 'data-volume',
      env: 'RESERVATIONS_DATA_VOLUME',
      value: 'DIR',
      default: null,
      description:
        'In a container: where a volume belongs. A SQLite file that is on no volume is warned of at the start',
    }),
  };
}
