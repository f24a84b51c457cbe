export type { MigrationStep, SchemaMode, SchemaStatus } from '../sql/migrations.ts';
export {
  migrateSqlite,
  readSqliteSchema,
  type SqliteMigrationOptions,
  sqliteMigrationScript,
} from './schema/migrations.ts';
export type { FileSizes, SqliteStore } from './sqlite-store.ts';
export { openSqliteStore, type SqliteStoreOptions } from './open/open.ts';
export { openSqliteTransferSource, type SqliteTransferSourceOptions } from './transfer/transfer-source.ts';
