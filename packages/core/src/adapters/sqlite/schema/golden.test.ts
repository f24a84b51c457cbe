import { readdir, readFile } from 'node:fs/promises';
import Database from 'better-sqlite3';
import { afterEach, describe, expect, test } from 'vitest';
import {
  exampleAppend,
  exampleCharge,
  exampleEvent,
  exampleId,
  exampleSummary,
  NOTHING_ALONGSIDE,
  recordedBy,
} from '../../../testing/builders.ts';
import { openSqliteStore } from '../index.ts';
import { createTestDirectories } from '../test-support.ts';
import { SQLITE_MIGRATIONS } from './steps.ts';

const directories = createTestDirectories();
afterEach(() => directories.remove());

const FOLDER = new URL('golden/', import.meta.url);
const versions = SQLITE_MIGRATIONS.map(({ version }) => version);

/** A database as the release of that schema version wrote it. */
async function goldenDatabase(version: number): Promise<string> {
  const path = await directories.newPath();
  const database = new Database(path);
  database.exec(await readFile(new URL(`schema-v${version}.sql`, FOLDER), 'utf8'));
  database.close();
  return path;
}

/** Every table and index, as SQLite describes it. */
function schemaOf(path: string): unknown {
  const database = new Database(path, { readonly: true });
  const schema = database.prepare('select type, name, sql from sqlite_schema order by name').all();
  database.close();
  return schema;
}

const key = { kind: 'claim', scope: 'caller', key: 'key', fingerprint: 'body' } as const;
const first = exampleAppend(exampleId(1), { events: [exampleEvent(1)] });
const elsewhere = exampleAppend(exampleId(2), {
  events: [exampleEvent(2, { data: { text: 'Grüße 🎫\n\u0000', number: 0.1, nested: [{ a: null }] } })],
});
const second = exampleAppend(exampleId(1), { expected: 1, events: [exampleEvent(3), exampleEvent(4)] });

describe('databases of released schema versions', () => {
  test('there is one for each version', async () => {
    expect((await readdir(FOLDER)).sort()).toEqual(versions.map((version) => `schema-v${version}.sql`));
  });

  test.each(versions)('version %i becomes the schema of a new database', async (version) => {
    const upgraded = await goldenDatabase(version);
    await (await openSqliteStore({ path: upgraded })).close();
    const fresh = await directories.newPath();
    await (await openSqliteStore({ path: fresh })).close();
    expect(schemaOf(upgraded)).toEqual(schemaOf(fresh));
  });

  test.each(versions)('version %i is read and written as if it were new', async (version) => {
    const store = await openSqliteStore({ path: await goldenDatabase(version) });
    expect(await store.events.readAll({ after: 0, limit: 100 })).toEqual([
      ...recordedBy(first, { version: 1, position: 1 }),
      ...recordedBy(elsewhere, { version: 1, position: 2 }),
      ...recordedBy(second, { version: 2, position: 3 }),
    ]);
    expect(await store.view.list({ by: null, order: 'asc', after: null, limit: 10 })).toEqual({
      reservations: [
        exampleSummary(exampleId(1), { stage: 'unresolved', answeredAs: 'pending', version: 3 }),
        exampleSummary(exampleId(2), { userId: 'user_2' }),
      ],
      next: null,
    });
    expect(await store.work.list({ kind: 'charge', limit: 10 })).toEqual([
      {
        ...exampleCharge(1),
        openedAt: 1_000,
        attempts: 0,
        dueAt: 5_000,
        owner: null,
        lastOutcome: 'unknown',
      },
    ]);
    const late = exampleAppend(exampleId(3), { inlineWrites: { ...NOTHING_ALONGSIDE, key } });
    expect(await store.events.append(late)).toEqual({
      kind: 'key-taken',
      stream: exampleId(1),
      fingerprint: 'body',
    });
    expect(await store.events.append(second)).toEqual({ kind: 'appended', version: 3, position: 4 });
    await store.close();
  });
});
