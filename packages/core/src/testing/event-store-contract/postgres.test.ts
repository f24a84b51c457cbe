import { afterAll, describe, inject, test } from 'vitest';
import { createPostgresHarness, createTestSchemas } from '../../adapters/postgres/test-support.ts';
import { reservationStoreContract } from './contract.ts';

const schemas = await createTestSchemas(inject('postgresUrl'));
afterAll(() => schemas.database.drop());

const harness = createPostgresHarness(schemas);

describe('PostgreSQL keeps the store contract', () => {
  const applicable = reservationStoreContract.filter(({ needs }) => needs === 'nothing' || harness[needs] !== null);

  test.each(applicable)('$title', (contractCase) => contractCase.run(harness));
});
