import { describe, expect, it } from 'vitest';
import { appliedVersion, assertCurrent, migrationsFor, pendingMigrations, toStep } from './migrations.ts';

const dialect = {
  keyText: 'text',
  keyedTable: '',
  initialExtras: [],
  secondExtras: [],
  transactionIds: [],
  pinnedExtras: [],
  freeKeysExtras: [],
};

describe('migrations', () => {
  it('are numbered from 1 on without a gap', () => {
    const versions = migrationsFor(dialect).map(({ version }) => version);
    expect(versions).toEqual(versions.map((_, index) => index + 1));
  });

  it('are all pending on an empty database, and none on a current one', () => {
    const all = migrationsFor(dialect);
    expect(pendingMigrations(all, 0)).toEqual(all);
    expect(pendingMigrations(all, all.length)).toEqual([]);
  });

  it('tell the version of a database by what was applied to it', () => {
    const all = migrationsFor(dialect);
    expect(appliedVersion(all, [])).toBe(0);
    expect(appliedVersion(all, all.slice(0, 1).map(toStep))).toBe(1);
    expect(appliedVersion(all, all.map(toStep))).toBe(all.length);
  });

  it('refuse a database that is newer', () => {
    const all = migrationsFor(dialect);
    const newer = [...all.map(toStep), { version: all.length + 1, name: 'from the future' }];
    expect(() => appliedVersion(all, newer)).toThrow(
      expect.objectContaining({
        code: 'STORE_UNSUITABLE',
        message: `the database has schema version ${all.length + 1}, this code knows versions up to ${all.length}: use a newer release`,
      }),
    );
  });

  it.each([
    ['of another name', [{ version: 1, name: 'create users' }]],
    ['of another number', [{ version: 20_260_102, name: 'initial' }]],
  ])('refuse the table of another program: %s', (_, applied) => {
    expect(() => appliedVersion(migrationsFor(dialect), applied)).toThrow(
      expect.objectContaining({
        code: 'STORE_UNSUITABLE',
        message: 'the table schema_migrations of the database belongs to another program: use a database of its own',
      }),
    );
  });

  it.each([
    [0, 'the database is not set up for reservations'],
    [1, 'the database has schema version 1'],
  ])('that are required and not all there: the fault says what to run, from version %i', (version, found) => {
    const all = migrationsFor(dialect);
    expect(() => assertCurrent(all, all.length)).not.toThrow();
    expect(() => assertCurrent(all, version)).toThrow(
      expect.objectContaining({
        code: 'STORE_UNSUITABLE',
        message: `${found}, and schema version ${all.length} is required: run "reservations-server migrate up" on it`,
      }),
    );
  });

  it('put the shard first into every key', () => {
    const statements = migrationsFor(dialect).flatMap((migration) => migration.statements);
    const keys = statements.flatMap((statement) => [...statement.matchAll(/(?:key|on \w+) \(([^)]*)\)/g)]);
    expect(keys).toHaveLength(11);
    expect(keys.map(([, columns]) => columns?.split(', ')[0])).toEqual(keys.map(() => 'shard'));
  });
});
