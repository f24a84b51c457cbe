import { randomUUID } from 'node:crypto';
import pg from 'pg';

/** A database of one test. */
export interface TestDatabase {
  readonly url: string;
  /** Runs one or several statements on a connection of its own. Returns the rows of the last one that has any. */
  query<Row extends object = Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** Cuts all connections to it and removes it. */
  drop(): Promise<void>;
}

/** Creates an empty database on the server of `serverUrl`; `options` are those of CREATE DATABASE. */
export async function createDatabase(serverUrl: string, options: string = ''): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await queryOnce(serverUrl, `create database ${name} ${options}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    query: (text, values) => queryOnce(url.href, text, values),
    async drop() {
      await queryOnce(serverUrl, `drop database ${name} with (force)`);
    },
  };
}

/** Runs one or several statements on a connection of its own. Returns the rows of the last one that has any. */
export async function queryOnce<Row extends object = Record<string, unknown>>(
  url: string,
  text: string,
  values?: readonly unknown[],
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const result: unknown = await client.query(text, values === undefined ? undefined : [...values]);
    const results = (Array.isArray(result) ? result : [result]) as readonly pg.QueryResult<Row>[];
    return results.findLast(({ rows }) => rows.length > 0)?.rows ?? [];
  } finally {
    await client.end();
  }
}
