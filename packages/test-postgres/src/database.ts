import { randomUUID } from 'node:crypto';
import pg from 'pg';

/** A database of its own on some server. */
export interface TestDatabase {
  readonly url: string;
  /** Runs a statement, or several, behind everybody's back; returns the rows of the last one. */
  query<Row extends object = Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** Cuts every connection to it and removes it. */
  drop(): Promise<void>;
}

/** Creates an empty database on the server of `serverUrl`. */
export async function createDatabase(serverUrl: string): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await queryOnce(serverUrl, `create database ${name}`);
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

async function queryOnce<Row extends object>(url: string, text: string, values?: readonly unknown[]): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const result = await client.query<Row>(text, values === undefined ? undefined : [...values]);
    return result.rows;
  } finally {
    await client.end();
  }
}
