import { stat } from 'node:fs/promises';
import { openSqliteStore } from '@reservations/core/sqlite';
import type { Contender } from './contender.ts';
import { ours } from './ours.ts';

/** This project on a SQLite file. */
export const contender: Contender = {
  ...ours(
    (path, { second }) => openSqliteStore({ path, exclusive: !second }),
    async (path) => (await stat(path)).size,
  ),
  readers: ['same-store', 'other-store'],
};
