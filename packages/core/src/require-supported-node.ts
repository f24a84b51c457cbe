import { unsupportedNode } from './supported-node.ts';

// Evaluated before the drivers are loaded: better-sqlite3 ends an older Node with a segmentation fault. Every module
// that loads a driver imports this one first, and the build keeps it in a file of its own (tsup.config.ts), because the
// imports of a file are evaluated before its own text.
const fault = unsupportedNode(process.versions.node);
if (fault !== null) throw new Error(`@reservations/core: ${fault}`);
