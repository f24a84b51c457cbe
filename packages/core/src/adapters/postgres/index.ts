import '../../require-supported-node.ts';
export type { MigrationStep, SchemaMode, SchemaStatus } from '../sql/migrations.ts';
export {
  migratePostgres,
  type PostgresMigrationOptions,
  postgresMigrationScript,
  readPostgresSchema,
} from './migrations.ts';
export { parsePostgresUrl, type PostgresUrl, type PostgresUrlRead } from './connection-string.ts';
export { openPostgresStore } from './open.ts';
export { POOL_DEFAULT, POOL_MAX, type PostgresStoreOptions } from './options.ts';
export { openPostgresTransferTarget, type PostgresTransferTargetOptions } from './transfer-target.ts';
