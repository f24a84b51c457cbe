import pg from 'pg';

/** Runs one statement on a connection of its own; returns its rows. */
export async function query(url: string, text: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

/** Brings the statistics of a PostgreSQL database up to date, as its own housekeeping does after a minute. */
export async function analyze(db: string): Promise<void> {
  if (db.startsWith('postgres')) await query(db, 'analyze');
}
