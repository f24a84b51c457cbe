// The process of a contender that needs the packages of this folder.
import { perform } from '../src/run/perform.ts';

await perform({
  'emmett-sqlite': () => import('./emmett-sqlite.mjs'),
  'emmett-postgres': () => import('./emmett-postgres.mjs'),
  'castore-postgres': () => import('./castore-postgres.mjs'),
  'dbos-one-step': () => import('./dbos-one-step.mjs'),
  'dbos-three-steps': () => import('./dbos-three-steps.mjs'),
  restate: () => import('./restate.mjs'),
});
