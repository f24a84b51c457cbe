import type { ApiKeys } from '../../ports/api-keys.ts';
import { createSqlApiKeys, type RunApiKeyQuery } from '../sql/api-keys.ts';
import { type ApiKeyParameters, apiKeyQueries, type ApiKeyRows } from '../sql/queries/api-keys.ts';
import type { Access } from './access.ts';
import { type Prepared, prepare, sql } from './prepared.ts';

type Statements = {
  readonly [Name in keyof ApiKeyParameters]: Prepared<ApiKeyParameters[Name], ApiKeyRows[Name]>;
};

/** The API keys. */
export function createApiKeys({ run }: Access): ApiKeys {
  const runQuery: RunApiKeyQuery = (query, parameters) => run(statements[query](parameters));
  return createSqlApiKeys(runQuery);
}

const queries = apiKeyQueries(sql);

const statements: Statements = {
  find: prepare(queries.find),
  list: prepare(queries.list),
  insert: prepare(queries.insert),
  revoke: prepare(queries.revoke),
  markUsed: prepare(queries.markUsed),
};
