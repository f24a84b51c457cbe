import type Database from 'better-sqlite3';
import type { ApiKeys } from '../../ports/api-keys.ts';
import { createSqlApiKeys, type RunApiKeyQuery } from '../sql/api-keys.ts';
import { type ApiKeyParameters, apiKeyQueries, type ApiKeyRows } from '../sql/queries/api-keys.ts';
import type { Access } from './access.ts';
import { prepare, sql } from './prepared.ts';

/** The API keys on a connection. Statements that only look need no transaction of writers. */
export function createApiKeys(database: Database.Database, { read, write }: Access): ApiKeys {
  const queries = apiKeyQueries(sql);
  const find = prepare(database, queries.find);
  const list = prepare(database, queries.list);

  async function execute(
    query: keyof ApiKeyParameters,
    parameters: ApiKeyParameters[keyof ApiKeyParameters],
  ): Promise<{ readonly rows: readonly unknown[]; readonly count: number }> {
    switch (query) {
      case 'find': {
        const rows = await read(() => find.all(parameters as ApiKeyParameters['find']));
        return { rows, count: rows.length };
      }
      case 'list': {
        const rows = await read(() => list.all(parameters as ApiKeyParameters['list']));
        return { rows, count: rows.length };
      }
      case 'insert':
        return { rows: [], count: await write('insertApiKey', parameters as ApiKeyParameters['insert']) };
      case 'revoke':
        return { rows: [], count: await write('revokeApiKey', parameters as ApiKeyParameters['revoke']) };
      case 'markUsed':
        return { rows: [], count: await write('markApiKey', parameters as ApiKeyParameters['markUsed']) };
    }
  }

  const run: RunApiKeyQuery = async <Name extends keyof ApiKeyParameters>(
    query: Name,
    parameters: ApiKeyParameters[Name],
  ) => {
    const { rows, count } = await execute(query, parameters);
    return { rows: rows as readonly ApiKeyRows[Name][], count };
  };
  return createSqlApiKeys(run);
}
