export { openSqliteStore, type SqliteStoreOptions } from './open.ts';
export { openSqliteTransferSource, type SqliteTransferSourceOptions } from './transfer-source.ts';
