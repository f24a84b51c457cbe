import type { Contender } from './contender.ts';
import type { ContenderId } from './registry.ts';

/** Loads a contender by its id. Each process loads one, since the drivers of two can be at odds in one process. */
export type Loaders = Readonly<Partial<Record<ContenderId, () => Promise<{ readonly contender: Contender }>>>>;

/** The contenders that need nothing from bench/peers. */
export const LOADERS: Loaders = {
  'ours-sqlite': () => import('./ours-sqlite.ts'),
  'ours-postgres': () => import('./ours-postgres.ts'),
  'raw-sqlite': () => import('./raw-sqlite.ts'),
  'raw-sqlite-single': () => import('./raw-sqlite-single.ts'),
  'raw-postgres': () => import('./raw-postgres.ts'),
  'raw-postgres-single': () => import('./raw-postgres-single.ts'),
  'bare-grpc': () => import('./bare-grpc.ts'),
  'fastapi-old': () => import('./fastapi-old.ts'),
  'fastapi-well': () => import('./fastapi-well.ts'),
  'bare-koa': () => import('./bare-koa.ts'),
};
