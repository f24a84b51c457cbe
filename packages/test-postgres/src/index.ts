export { createDatabase, queryOnce, type TestDatabase } from './database.ts';
export { freePort } from './free-port.ts';
export { startPostgres, startStandby, type PostgresServer } from './server.ts';
