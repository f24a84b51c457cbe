export { openPostgresStore, type PostgresStoreOptions } from './open.ts';
export { openPostgresTransferTarget, type PostgresTransferTargetOptions } from './transfer-target.ts';
