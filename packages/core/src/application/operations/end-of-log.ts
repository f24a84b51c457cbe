import { isReservationError } from '../../errors.ts';
import type { EventStore } from '../../ports/event-store.ts';

/** The last position of the log, 0 when it is empty; of a damaged one, any. Reads some forty single events. */
export async function endOfLog(events: EventStore): Promise<number> {
  let low = 0;
  let high = 1;
  while (high < Number.MAX_SAFE_INTEGER / 2 && (await hasEventBehind(events, high))) high *= 2;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (await hasEventBehind(events, middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}

async function hasEventBehind(events: EventStore, after: number): Promise<boolean> {
  try {
    return (await events.readAll({ after, limit: 1 })).length > 0;
  } catch (error) {
    if (!isReservationError(error, 'STORE_CORRUPT')) throw error;
    return true;
  }
}
