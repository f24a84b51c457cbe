import {
  CONCURRENCY_DEFAULT,
  CONCURRENCY_MAX,
  IDLE_TIMEOUT_MS_DEFAULT,
  IDLE_TIMEOUT_MS_MAX,
  IDLE_TIMEOUT_MS_MIN,
} from '@reservations/core/grpc';
import { parsePostgresUrl, POOL_DEFAULT, POOL_MAX } from '@reservations/core/postgres';
import type { DriverFacts } from '../config/driver-facts.ts';
import { type Config, configSettings } from '../config/config.ts';
import type { Settings } from '../config/settings.ts';

/** What the drivers of this release take. */
export const DRIVERS: DriverFacts = {
  parsePostgresUrl,
  postgresPool: { default: POOL_DEFAULT, max: POOL_MAX },
  paymentIdleTimeoutMs: {
    min: IDLE_TIMEOUT_MS_MIN,
    max: IDLE_TIMEOUT_MS_MAX,
    default: IDLE_TIMEOUT_MS_DEFAULT,
  },
  paymentConcurrency: { default: CONCURRENCY_DEFAULT, max: CONCURRENCY_MAX },
};

/** The settings of a server with these drivers. */
export const SERVER_SETTINGS: Settings<Config> = configSettings(DRIVERS);
