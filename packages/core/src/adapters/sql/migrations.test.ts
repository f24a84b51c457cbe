import { describe, expect, it } from 'vitest';
import { migrationsFor, pendingMigrations } from './migrations.ts';

const dialect = { keyText: 'text', keyedTable: '', initialExtras: [], secondExtras: [] };

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

  it('refuse a database that is newer', () => {
    const all = migrationsFor(dialect);
    expect(() => pendingMigrations(all, all.length + 1)).toThrow(expect.objectContaining({ code: 'STORE_UNSUITABLE' }));
  });

  it('put the shard first into every key', () => {
    const statements = migrationsFor(dialect).flatMap((migration) => migration.statements);
    const keys = statements.flatMap((statement) => [...statement.matchAll(/(?:key|on \w+) \(([^)]*)\)/g)]);
    expect(keys).toHaveLength(9);
    expect(keys.map(([, columns]) => columns?.split(', ')[0])).toEqual(keys.map(() => 'shard'));
  });
});
