import { createDatabase, type TestDatabase } from '@reservations/test-postgres';
import type { ReservationStore } from '../../ports/reservation-store.ts';
import type { StoreHarness } from '../../testing/event-store-contract/case.ts';
import { openPostgresStore, type PostgresStoreOptions } from './index.ts';

/** One database for a test file, and as many empty schemas in it as the tests want. */
export interface TestSchemas {
  /** A connection string whose statements see a new, empty schema and nothing else. */
  newSchema(): Promise<string>;
  readonly database: TestDatabase;
}

/** The schema that a connection string of {@link TestSchemas} leads to. */
export function schemaOf(connectionString: string): string {
  return new URL(connectionString).searchParams.get('options')?.split('=')[1] ?? 'public';
}

/** Creates the database; the caller drops it. */
export async function createTestSchemas(serverUrl: string): Promise<TestSchemas> {
  const database = await createDatabase(serverUrl);
  let count = 0;
  return {
    database,
    async newSchema() {
      count += 1;
      const schema = `store_${count}`;
      await database.query(`create schema ${schema}`);
      const url = new URL(database.url);
      url.searchParams.set('options', `-c search_path=${schema}`);
      return url.href;
    },
  };
}

/** Stores for the contract; knows which schema a store is in. */
export function createPostgresHarness(
  schemas: Pick<TestSchemas, 'newSchema'>,
  options: Omit<PostgresStoreOptions, 'connectionString'> = {},
): Required<StoreHarness> {
  const urls = new WeakMap<ReservationStore, string>();
  async function openAt(connectionString: string): Promise<ReservationStore> {
    const store = await openPostgresStore({ ...options, connectionString });
    urls.set(store, connectionString);
    return store;
  }
  function urlOf(store: ReservationStore): string {
    const url = urls.get(store);
    if (url === undefined) throw new Error('this harness did not open the store');
    return url;
  }
  return {
    open: async () => await openAt(await schemas.newSchema()),
    async reopen(store) {
      await store.close();
      return await openAt(urlOf(store));
    },
    openBeside: (store) => openAt(urlOf(store)),
  };
}
