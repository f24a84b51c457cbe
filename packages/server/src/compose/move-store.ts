import { type MoveProgress, type MoveResult, moveStore } from '@reservations/core/operations';
import { openPostgresTransferTarget } from '@reservations/core/postgres';
import { openSqliteTransferSource } from '@reservations/core/sqlite';
import type { PostgresAddress, SqliteAddress } from '../config/store-address.ts';

/** Moves everything from a SQLite file into a PostgreSQL database, and closes both. */
export async function moveToPostgres(
  from: SqliteAddress,
  to: PostgresAddress,
  onProgress: (progress: MoveProgress) => void,
): Promise<MoveResult> {
  const source = await openSqliteTransferSource({ path: from.path });
  try {
    const target = await openPostgresTransferTarget({ connectionString: to.url });
    try {
      return await moveStore({ source, target }, { onProgress });
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}
