import type { TestProject } from 'vitest/node';
import { startPostgres } from './server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A server on which tests create databases. */
    postgresUrl: string;
  }
}

/**
 * Provides one server for a whole run of the tests: the one of TEST_POSTGRES_URL, or one that is started and removed.
 * There is no run without a server.
 */
export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const { TEST_POSTGRES_URL: given = '' } = process.env;
  if (given !== '') {
    provide('postgresUrl', given);
    return () => Promise.resolve();
  }
  const server = await startPostgres();
  provide('postgresUrl', server.url);
  return () => server.remove();
}
