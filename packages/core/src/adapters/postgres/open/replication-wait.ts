import type { PoolClient } from 'pg';
import { ReservationError } from '../../../errors.ts';

/** Source routine in PostgreSQL that waits for synchronous standbys. Its messages are translated, its name is not. */
const WAITING_ROUTINE = 'SyncRepWaitForLSN';

/** Detects commits of a connection whose wait for the standbys was cancelled. */
export interface ReplicationWatch {
  /** @throws {ReservationError} STORE_UNAVAILABLE when a wait was cancelled since the watch began. */
  assertAwaited(): void;
  end(): void;
}

/**
 * A commit that waits for a synchronous standby can no longer be rolled back. When the wait is cancelled
 * (`pg_cancel_backend`, a pooler), PostgreSQL reports success, and only a warning says that the commit is on this server
 * alone, where a failover would lose it. That is no acknowledgement. Sending the command again finds the commit and waits
 * for it: it locks the row of its shard, which is a write whose own commit waits for the standbys as well.
 *
 * The warning must reach the client: a server whose client_min_messages suppresses it is refused (see durability.ts), and
 * every append and every transaction of several statements sets it, since a role's setting may change at any time.
 */
export function watchReplication(client: PoolClient): ReplicationWatch {
  let brokenOff: string | null = null;
  function listen(notice: { readonly routine?: string | undefined; readonly message?: string | undefined }): void {
    if (notice.routine === WAITING_ROUTINE) brokenOff = notice.message ?? WAITING_ROUTINE;
  }
  client.on('notice', listen);
  return {
    assertAwaited() {
      if (brokenOff === null) return;
      throw new ReservationError('STORE_UNAVAILABLE', `the commit may not be on a standby: ${brokenOff}`);
    },
    end: () => void client.off('notice', listen),
  };
}
