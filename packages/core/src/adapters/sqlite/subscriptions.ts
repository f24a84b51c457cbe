import type Database from 'better-sqlite3';
import type { Subscriptions } from '../../ports/subscriptions.ts';
import {
  type SubscriptionParameters,
  subscriptionQueries,
  type SubscriptionRows,
} from '../sql/queries/subscriptions.ts';
import { createSqlSubscriptions, type RunSubscriptionQuery } from '../sql/subscriptions.ts';
import type { Access } from './access.ts';
import { prepare, sql } from './prepared.ts';
import type { SubscriptionWrite } from './writes/statements.ts';

/** The checkpoints on a connection. Statements that only look need no transaction of writers. */
export function createSubscriptions(database: Database.Database, { read, write }: Access): Subscriptions {
  const queries = subscriptionQueries(sql);
  const find = prepare(database, queries.find);
  const list = prepare(database, queries.list);

  async function execute(
    query: keyof SubscriptionParameters,
    parameters: SubscriptionParameters[keyof SubscriptionParameters],
  ): Promise<{ readonly rows: readonly unknown[]; readonly count: number }> {
    if (query === 'find' || query === 'list') {
      const rows =
        query === 'find'
          ? await read(() => find.all(parameters as SubscriptionParameters['find']))
          : await read(() => list.all(parameters as SubscriptionParameters['list']));
      return { rows, count: rows.length };
    }
    return await write('changeSubscription', {
      query,
      parameters: parameters as SubscriptionParameters[SubscriptionWrite],
    });
  }

  const run: RunSubscriptionQuery = async <Name extends keyof SubscriptionParameters>(
    query: Name,
    parameters: SubscriptionParameters[Name],
  ) => {
    const { rows, count } = await execute(query, parameters);
    return { rows: rows as readonly SubscriptionRows[Name][], count };
  };
  return createSqlSubscriptions(run);
}
