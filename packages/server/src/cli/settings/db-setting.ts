import { SERVER_SETTINGS } from '../../compose/drivers.ts';
import type { Setting } from '../../config/settings.ts';
import type { StoreAddress } from '../../config/store-address.ts';

/** Which database a command works on: the server's own setting, for a database that exists. */
export const DB_SETTING: Setting<StoreAddress> = {
  ...SERVER_SETTINGS.db,
  description: 'Database of the server, which may be running: a SQLite file or a postgres:// URL',
};
