import { describe, expect, test } from 'vitest';
import { POSTGRES_MIGRATIONS } from '../postgres/schema/steps.ts';
import { SQLITE_MIGRATIONS } from '../sqlite/schema/steps.ts';
import { appliedVersion, assertCurrent, type Migration, pendingMigrations, toStep } from './migrations.ts';

/** The steps of an engine, and one that a later release may have. */
const all: readonly Migration[] = [...SQLITE_MIGRATIONS, { version: 2, name: 'later', statements: [] }];

describe('migrations', () => {
  test.each([
    ['SQLite', SQLITE_MIGRATIONS],
    ['PostgreSQL', POSTGRES_MIGRATIONS],
  ])('are numbered from 1 on without a gap: %s', (_, migrations) => {
    const versions = migrations.map(({ version }) => version);
    expect(versions).toEqual(versions.map((__, index) => index + 1));
  });

  test('are all pending on an empty database, and none on a current one', () => {
    expect(pendingMigrations(all, 0)).toEqual(all);
    expect(pendingMigrations(all, all.length)).toEqual([]);
  });

  test('tell the version of a database by what was applied to it', () => {
    expect(appliedVersion(all, [])).toBe(0);
    expect(appliedVersion(all, all.slice(0, 1).map(toStep))).toBe(1);
    expect(appliedVersion(all, all.map(toStep))).toBe(all.length);
  });

  test('refuse a database that is newer', () => {
    const newer = [...all.map(toStep), { version: all.length + 1, name: 'from the future' }];
    expect(() => appliedVersion(all, newer)).toThrow(
      expect.objectContaining({
        code: 'STORE_UNSUITABLE',
        message: `the database has schema version ${all.length + 1}, this code knows versions up to ${all.length}: use a newer release`,
      }),
    );
  });

  test.each([
    ['another program, of another name', [{ version: 1, name: 'create users' }]],
    ['another program, of another number', [{ version: 20_260_102, name: 'initial schema' }]],
    [
      'a development version before the first release',
      [
        { version: 1, name: 'initial' },
        { version: 2, name: 'subscriptions, view rebuilds and moves' },
      ],
    ],
  ])('refuse the table of %s', (_, applied) => {
    expect(() => appliedVersion(all, applied)).toThrow(
      expect.objectContaining({
        code: 'STORE_UNSUITABLE',
        message:
          'the table schema_migrations of the database was made by another program, or by a development version before ' +
          'the first release: use a new database',
      }),
    );
  });

  test.each([
    [0, 'the database is not set up for reservations'],
    [1, 'the database has schema version 1'],
  ])('that are required and not all there: the fault says what to run, from version %i', (version, found) => {
    expect(() => assertCurrent(all, all.length)).not.toThrow();
    expect(() => assertCurrent(all, version)).toThrow(
      expect.objectContaining({
        code: 'STORE_UNSUITABLE',
        message: `${found}, and schema version ${all.length} is required: run "reservations-server migrate up" on it`,
      }),
    );
  });

  test.each([
    ['SQLite', SQLITE_MIGRATIONS],
    ['PostgreSQL', POSTGRES_MIGRATIONS],
  ])('put the shard first into every key: %s', (_, migrations) => {
    const statements = migrations.flatMap((migration) => migration.statements);
    const keys = statements
      .filter((statement) => /^create (table|(unique )?index) /.test(statement))
      .flatMap((statement) => [...statement.matchAll(/(?:key|unique|on \w+) \(([^)]*)\)/g)]);
    expect(keys).toHaveLength(13);
    expect(keys.map(([, columns]) => columns?.split(', ')[0])).toEqual(keys.map(() => 'shard'));
  });
});
