import type { Subscriptions } from '../../ports/subscriptions.ts';
import {
  type SubscriptionParameters,
  subscriptionQueries,
  type SubscriptionRows,
} from '../sql/queries/subscriptions.ts';
import { createSqlSubscriptions, type RunSubscriptionQuery } from '../sql/subscriptions.ts';
import type { Access } from './access.ts';
import { type Prepared, prepare, sql } from './prepared.ts';
import { displayText } from '../../domain/display-text.ts';

type Statements = {
  readonly [Name in keyof SubscriptionParameters]: Prepared<SubscriptionParameters[Name], SubscriptionRows[Name]>;
};

/** The checkpoints. */
export function createSubscriptions({ run }: Access): Subscriptions {
  const runQuery: RunSubscriptionQuery = (query, parameters) => run(statements[query](parameters));
  const subscriptions = createSqlSubscriptions(runQuery);
  return {
    ...subscriptions,
    stop: (request) => subscriptions.stop({ ...request, reason: displayText(request.reason) }),
  };
}

const queries = subscriptionQueries(sql);

const statements: Statements = {
  find: prepare(queries.find),
  claim: prepare(queries.claim),
  advance: prepare(queries.advance),
  release: prepare(queries.release),
  stop: prepare(queries.stop),
  resume: prepare(queries.resume),
  resumeBehind: prepare(queries.resumeBehind),
  list: prepare(queries.list),
};
