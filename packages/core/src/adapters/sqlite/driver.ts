import '../../require-supported-node.ts';

/** better-sqlite3, loaded only on a Node that it does not crash. The one way to it for the files here. */
export { default as Database } from 'better-sqlite3';
