// The same requests and answers as over the memory store, on PostgreSQL: one server process of many.
import { openPostgresStore } from '@reservations/core/postgres';
import { createDatabase } from '@reservations/test-postgres';
import { afterAll, inject } from 'vitest';
import { useStores } from '../service-fixture.ts';

const database = await createDatabase(inject('postgresUrl'));
afterAll(() => database.drop());
useStores(async () => {
  await database.query('drop schema public cascade; create schema public');
  return await openPostgresStore({ connectionString: database.url });
});
await import('./routes.test.ts');
