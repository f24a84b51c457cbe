import type { PoolClient } from 'pg';
import { ReservationError } from '../../../errors.ts';

/** The place in PostgreSQL that waits for synchronous standbys. Its texts are translated, this is not. */
const WAITING_ROUTINE = 'SyncRepWaitForLSN';

/** Watches whether the commits of a connection waited for the standbys that they should wait for. */
export interface ReplicationWatch {
  /** @throws {ReservationError} STORE_UNAVAILABLE when a wait was broken off since the watch began. */
  assertAwaited(): void;
  end(): void;
}

/**
 * A commit that waits for a synchronous standby cannot be undone any more. When somebody cancels the wait
 * (`pg_cancel_backend`, a pooler), PostgreSQL says that the commit succeeded, and only a warning beside it says that it
 * is on this server alone, where a failover would lose it. For us that is no acknowledgement. The same command again
 * finds what was committed, and waits behind it: it locks the row of its shard, which is a write, so that its own commit is
 * waited for as well.
 *
 * That warning has to be sent: a server whose client_min_messages keeps it back is refused (see durability.ts), and every
 * append and every transaction of several statements asks for it, since a role's setting may change at any moment.
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
