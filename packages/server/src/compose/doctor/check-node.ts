import { openSqliteStore } from '@reservations/core/sqlite';
import { IN_MEMORY } from '../../config/store-address.ts';
import { failed, type Finding, messageOf, ok } from './finding.ts';

/** Reports the version of Node. The program does not start on one that is not supported. */
export function checkNode(version: string, platform: string): Finding {
  return ok('node', `${version} on ${platform}`);
}

/** Checks that the native driver of SQLite loads, and that its library is new enough. */
export async function checkSqliteDriver(): Promise<Finding> {
  try {
    const store = await openSqliteStore({ path: IN_MEMORY });
    await store.close();
    return ok('driver of SQLite', 'loads');
  } catch (error) {
    return failed(
      'driver of SQLite',
      messageOf(error),
      'install the packages again on this platform and with this Node (npm ci); node_modules of another platform, or of ' +
        'an image with another C library, do not work',
    );
  }
}
