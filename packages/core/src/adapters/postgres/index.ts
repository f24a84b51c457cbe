import '../../require-supported-node.ts';
export type { MigrationStep, SchemaMode, SchemaStatus } from '../sql/migrations.ts';
export {
  migratePostgres,
  type PostgresMigrationOptions,
  postgresMigrationScript,
  readPostgresSchema,
} from './schema/migrations.ts';
export { parsePostgresUrl, type PostgresUrl, type PostgresUrlRead } from './open/connection-string.ts';
export type { PoolLoad } from './open/connection.ts';
export type { PostgresStore } from './store.ts';
export {
  inspectPostgres,
  type PostgresInspection,
  type PostgresInspectionOptions,
  type Requirement,
} from './open/inspect.ts';
export { openPostgresStore } from './open/open.ts';
export type { SettingFault } from './open/durability.ts';
export { POOL_DEFAULT, POOL_MAX, type PostgresStoreOptions } from './open/options.ts';
export { openPostgresTransferTarget, type PostgresTransferTargetOptions } from './transfer/transfer-target.ts';
