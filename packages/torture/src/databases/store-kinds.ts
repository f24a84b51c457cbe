import type { StoreKind } from './database.ts';
import { postgresHa, postgresHaAsync } from './postgres-ha.ts';
import { postgres } from './postgres.ts';
import { sqlite } from './sqlite.ts';

/** The kinds of databases by their names. */
export const STORE_KINDS = {
  sqlite,
  postgres,
  'postgres-ha': postgresHa,
  'postgres-ha-async': postgresHaAsync,
} as const satisfies Readonly<Record<string, StoreKind>>;

/** A name of one of the {@link STORE_KINDS}. */
export type StoreKindName = keyof typeof STORE_KINDS;
