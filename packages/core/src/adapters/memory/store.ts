import { ReservationError } from '../../errors.ts';
import type { ReservationStore } from '../../ports/reservation-store.ts';
import { createApiKeys } from './api-keys.ts';
import { append } from './append.ts';
import { assertRange } from '../support/arguments.ts';
import { createCommitListeners } from '../support/commit-listeners.ts';
import { createDueWork } from './due-work.ts';
import { createReservationView } from './reservation-view.ts';
import { createSubscriptions } from './subscriptions.ts';
import { createTables } from './tables.ts';
import { createViewRepair } from './view-repair.ts';

/**
 * A store that keeps everything in this process: for tests, and as an example for authors of adapters. It behaves as every
 * store must; only the place where it keeps data differs.
 */
export function createMemoryStore(): ReservationStore {
  const tables = createTables();
  const listeners = createCommitListeners();
  let closed = false;

  function assertOpen(): void {
    if (closed) throw new ReservationError('STORE_CLOSED', 'the memory store is closed');
  }

  return {
    events: {
      async append(request) {
        assertOpen();
        const result = append(tables, request);
        if (result.kind === 'appended') listeners.announce();
        return result;
      },
      async readStream(stream, range) {
        assertOpen();
        assertRange(range);
        return (tables.streams.get(stream) ?? []).slice(range.after, range.after + range.limit);
      },
      async readAll(range) {
        assertOpen();
        assertRange(range);
        return tables.log.slice(range.after, range.after + range.limit);
      },
      async lastPosition() {
        assertOpen();
        return tables.log.length;
      },
      onCommit(listener) {
        assertOpen();
        return listeners.add(listener);
      },
    },
    view: createReservationView(tables, assertOpen),
    repair: createViewRepair(tables, assertOpen),
    work: createDueWork(tables, assertOpen),
    subscriptions: createSubscriptions(tables, assertOpen),
    apiKeys: createApiKeys(tables, assertOpen),
    async checkWritable() {
      assertOpen();
    },
    async close() {
      closed = true;
    },
  };
}
