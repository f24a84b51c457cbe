export type { MigrationStep, SchemaMode, SchemaStatus } from '../sql/migrations.ts';
export { migrateSqlite, readSqliteSchema, type SqliteMigrationOptions, sqliteMigrationScript } from './migrations.ts';
export { openSqliteStore, type SqliteStoreOptions } from './open.ts';
export { openSqliteTransferSource, type SqliteTransferSourceOptions } from './transfer-source.ts';
