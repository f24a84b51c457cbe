import '../../require-supported-node.ts';

/** better-sqlite3, loaded only on a Node version that supports it. The files here import the driver only from here. */
export { default as Database } from 'better-sqlite3';
