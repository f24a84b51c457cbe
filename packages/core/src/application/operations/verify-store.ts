import { parseReservationId, type ReservationId } from '../../domain/ids.ts';
import { type ReservationSummary, summarize } from '../../domain/reservation/summary.ts';
import { isReservationError } from '../../errors.ts';
import { READ_LIMIT_MAX, type RecordedEvent } from '../../ports/event-store.ts';
import type { ReservationStore } from '../../ports/reservation-store.ts';
import { type CallerOptions, callerOf } from '../caller.ts';
import { allReservations } from './all-reservations.ts';
import { loadReservation } from '../commands/load-reservation.ts';

/** What a verification read, and everything that it found wrong; each fault names position, stream or reservation. */
export interface Verification {
  readonly events: number;
  readonly streams: number;
  readonly open: number;
  readonly faults: readonly string[];
}

/** How often a comparison is repeated when the reservation moved on between two reads. */
const COMPARE_ATTEMPTS_MAX = 3;

/**
 * Reads the whole log and holds it against everything that follows from it: positions and versions without a gap,
 * every row's checksum, every stream folds, the view's rows are the folded streams, and every payment without a
 * verdict is in the queue. May run beside a server that writes.
 */
export async function verifyStore(store: ReservationStore, options: CallerOptions = {}): Promise<Verification> {
  callerOf(options);
  const faults: string[] = [];
  const counts = { events: 0, streams: 0, waiting: 0, streamEvents: 0 };
  const before = { ...(await store.work.gauge({ kind: 'charge' })), end: await store.events.lastPosition() };
  for await (const entry of wholeLog(store)) {
    counts.events += 1;
    if (entry.kind === 'damaged') {
      faults.push(entry.fault);
      continue;
    }
    if (entry.event.version !== 1) continue;
    const stream = await verifyStream(store, entry.event.stream);
    counts.streams += 1;
    counts.streamEvents += stream.events;
    if (stream.waiting) counts.waiting += 1;
    if (stream.fault !== null) faults.push(stream.fault);
  }
  let rows = 0;
  for await (const _ of allReservations(store.view)) rows += 1;
  const after = await store.work.gauge({ kind: 'charge' });
  // Whole-store counts say something only when all was read and nobody wrote meanwhile.
  const written = faults.length > 0 ? [] : await store.events.readAll({ after: before.end, limit: 1 });
  if (faults.length === 0 && written.length === 0) {
    const { events, streams, streamEvents, waiting } = counts;
    if (streamEvents !== events) faults.push(`the log has ${events} events, its streams have ${streamEvents}`);
    if (rows !== streams) faults.push(`the view has ${rows} rows, the log has ${streams} streams`);
    if (before.open === after.open && after.open !== waiting) {
      faults.push(`${waiting} payments wait for a verdict, the queue has ${after.open}`);
    }
  }
  // Damage of an event shows up in the log and in its stream.
  return { events: counts.events, streams: counts.streams, open: after.open, faults: [...new Set(faults)] };
}

type LogEntry =
  | { readonly kind: 'event'; readonly event: RecordedEvent }
  | { readonly kind: 'damaged'; readonly fault: string };

/**
 * Every position of the log; a damaged page is read row by row, so that every damaged row is named. A fault that
 * names no row is the file's: it would be the same at every position behind it, and the log has no end to be found.
 */
async function* wholeLog(store: ReservationStore): AsyncGenerator<LogEntry> {
  let after = 0;
  let rowByRowUntil = 0;
  let lastFault = '';
  for (;;) {
    const limit = after < rowByRowUntil ? 1 : READ_LIMIT_MAX;
    try {
      const page = await store.events.readAll({ after, limit });
      for (const event of page) yield { kind: 'event', event };
      if (page.length === 0) return;
      after += page.length;
    } catch (error) {
      if (!isReservationError(error, 'STORE_CORRUPT')) throw error;
      if (limit > 1) {
        rowByRowUntil = after + limit;
        continue;
      }
      if (error.message === lastFault) return;
      lastFault = error.message;
      yield { kind: 'damaged', fault: error.message };
      after += 1;
    }
  }
}

interface VerifiedStream {
  readonly events: number;
  readonly waiting: boolean;
  readonly fault: string | null;
}

async function verifyStream(store: ReservationStore, stream: string): Promise<VerifiedStream> {
  const id = parseReservationId(stream);
  if (id === null) return { events: 0, waiting: false, fault: `stream ${stream} is no reservation's` };
  try {
    return await compareWithView(store, id);
  } catch (error) {
    if (!isReservationError(error, 'STORE_CORRUPT')) throw error;
    return { events: 0, waiting: false, fault: error.message };
  }
}

async function compareWithView(store: ReservationStore, id: ReservationId): Promise<VerifiedStream> {
  for (let attempt = 1; ; attempt += 1) {
    const { state, version } = await loadReservation(store.events, id);
    const row = await store.view.find(id);
    const folded = state.stage === 'none' ? null : summarize(id, state, version);
    const waiting = state.stage === 'processing' || state.stage === 'unresolved';
    const difference = differenceOf(folded, row);
    if (difference === null) return { events: version, waiting, fault: null };
    if (attempt === COMPARE_ATTEMPTS_MAX) {
      return { events: version, waiting, fault: `view of ${id} differs from its folded stream: ${difference}` };
    }
  }
}

function differenceOf(folded: ReservationSummary | null, row: ReservationSummary | null): string | null {
  if (folded === null || row === null) return folded === row ? null : `row is ${row === null ? 'missing' : 'there'}`;
  const fields = Object.keys(folded) as (keyof ReservationSummary)[];
  const wrong = fields.filter((field) => folded[field] !== row[field]);
  if (wrong.length === 0) return null;
  return wrong
    .map((field) => `${field} is ${JSON.stringify(row[field])}, not ${JSON.stringify(folded[field])}`)
    .join('; ');
}
