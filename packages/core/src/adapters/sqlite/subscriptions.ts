import type Database from 'better-sqlite3';
import type { Subscriptions } from '../../ports/subscriptions.ts';
import {
  type SubscriptionParameters,
  subscriptionQueries,
  type SubscriptionRows,
} from '../sql/queries/subscriptions.ts';
import { createSqlSubscriptions, type RunSubscriptionQuery } from '../sql/subscriptions.ts';
import type { Access } from './access.ts';
import { type Prepared, prepare, sql } from './prepared.ts';

type Statements = {
  readonly [Name in keyof SubscriptionParameters]: Prepared<SubscriptionParameters[Name], SubscriptionRows[Name]>;
};

/** Statements that only look need no transaction of writers. */
const READS: ReadonlySet<keyof SubscriptionParameters> = new Set(['find', 'list']);

/** Statements that return rows; the others tell how many they changed. */
const RETURNING: ReadonlySet<keyof SubscriptionParameters> = new Set([
  'find',
  'list',
  'claim',
  'resume',
  'resumeBehind',
]);

/** The checkpoints on a connection. */
export function createSubscriptions(database: Database.Database, { read, write }: Access): Subscriptions {
  const statements = prepareStatements(database);
  const run: RunSubscriptionQuery = async (query, parameters) => {
    const statement = statements[query];
    const execute = () => {
      if (!RETURNING.has(query)) return { rows: [], count: statement.run(parameters) };
      const rows = statement.all(parameters);
      return { rows, count: rows.length };
    };
    return await (READS.has(query) ? read(execute) : write(execute));
  };
  return createSqlSubscriptions(run);
}

function prepareStatements(database: Database.Database): Statements {
  const queries = subscriptionQueries(sql);
  return {
    find: prepare(database, queries.find),
    claim: prepare(database, queries.claim),
    advance: prepare(database, queries.advance),
    release: prepare(database, queries.release),
    stop: prepare(database, queries.stop),
    resume: prepare(database, queries.resume),
    resumeBehind: prepare(database, queries.resumeBehind),
    list: prepare(database, queries.list),
  };
}
