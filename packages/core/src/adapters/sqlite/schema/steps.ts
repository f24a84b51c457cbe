import type { Migration } from '../../sql/migrations.ts';
import { INITIAL } from './migrations/0001-initial.ts';

/** All steps of the schema on SQLite, the oldest first; versions are 1, 2, 3, … */
export const SQLITE_MIGRATIONS: readonly Migration[] = [INITIAL];
