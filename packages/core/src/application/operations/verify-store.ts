import type { ReservationId } from '../../domain/ids.ts';
import { decodeEvent } from '../../domain/reservation/stored-event.ts';
import { differingFields, type ReservationSummary, summarize } from '../../domain/reservation/summary.ts';
import { isReservationError } from '../../errors.ts';
import { READ_LIMIT_MAX, type RecordedEvent } from '../../ports/event-store.ts';
import type { ReservationStore } from '../../ports/reservation-store.ts';
import { type CallerOptions, callerOf } from '../caller.ts';
import { allReservations } from './all-reservations.ts';
import { loadStream } from '../commands/load-stream.ts';

/** What a verification read and the faults it found; each fault names position, stream or reservation. */
export interface Verification {
  readonly events: number;
  readonly streams: number;
  readonly open: number;
  /** Streams with events of a later release, which were not folded. No fault. */
  readonly newer: number;
  readonly faults: readonly string[];
}

/** Streams that are read at a time: a store may answer reads of one moment together. */
const STREAMS_AT_A_TIME = 64;

/** Attempts of a comparison when the reservation changed between two reads. */
const COMPARE_ATTEMPTS_MAX = 3;

/**
 * Reads the whole log and checks positions and versions for gaps, every checksum, that every stream folds, that the view's
 * rows are the folded streams, and that every payment without a verdict is due work. A stream with events of a later
 * release is read and not folded. May run beside servers.
 */
export async function verifyStore(store: ReservationStore, options: CallerOptions = {}): Promise<Verification> {
  callerOf(options);
  const faults: string[] = [];
  const counts = { events: 0, streams: 0, withRow: 0, waiting: 0, newer: 0, streamEvents: 0 };
  const before = { ...(await store.work.gauge({ kind: 'charge' })), end: await store.events.lastPosition() };
  for await (const entries of wholeLog(store)) {
    counts.events += entries.length;
    for (const found of await verifyTogether(store, entries)) {
      if (found.kind === 'damaged') {
        faults.push(found.fault);
        continue;
      }
      counts.streams += 1;
      counts.streamEvents += found.events;
      if (found.hasRow) counts.withRow += 1;
      if (found.payment === 'waiting') counts.waiting += 1;
      if (found.payment === 'unknown') counts.newer += 1;
      if (found.fault !== null) faults.push(found.fault);
    }
  }
  let rows = 0;
  for await (const _ of allReservations(store.view)) rows += 1;
  const after = await store.work.gauge({ kind: 'charge' });
  // Whole-store counts can be compared only when everything was read and nothing was written meanwhile.
  const written = faults.length > 0 ? [] : await store.events.readAll({ after: before.end, limit: 1 });
  if (faults.length === 0 && written.length === 0) {
    const { events, withRow, streamEvents, waiting, newer } = counts;
    if (streamEvents !== events) faults.push(`the log has ${events} events, its streams have ${streamEvents}`);
    if (rows !== withRow) faults.push(`the view has ${rows} rows, the log has ${withRow} streams`);
    const isPossible = after.open >= waiting && after.open <= waiting + newer;
    if (before.open === after.open && !isPossible) {
      faults.push(`${waiting} payments wait for a verdict, the queue has ${after.open}`);
    }
  }
  // Damage of an event shows up in the log and in its stream.
  const { events, streams, newer } = counts;
  return { events, streams, open: after.open, newer, faults: [...new Set(faults)] };
}

interface Damaged {
  readonly kind: 'damaged';
  readonly fault: string;
}

type LogEntry = { readonly kind: 'event'; readonly event: RecordedEvent } | Damaged;

/** What was found of the streams that begin in a part of the log, and of its damaged events, in the order of the log. */
async function verifyTogether(
  store: ReservationStore,
  entries: readonly LogEntry[],
): Promise<readonly (VerifiedStream | Damaged)[]> {
  const begun = entries.filter((entry) => entry.kind === 'damaged' || entry.event.version === 1);
  const found: (VerifiedStream | Damaged)[] = [];
  for (let from = 0; from < begun.length; from += STREAMS_AT_A_TIME) {
    const some = begun.slice(from, from + STREAMS_AT_A_TIME);
    const verify = async (entry: LogEntry): Promise<VerifiedStream | Damaged> =>
      entry.kind === 'damaged' ? entry : await verifyStream(store, entry.event);
    found.push(...(await Promise.all(some.map(verify))));
  }
  return found;
}

/**
 * Every position of the log, page by page; a damaged page is read row by row, so that every damaged row is named. A fault that names no
 * row concerns the file: it would repeat at every later position, and the log would have no end.
 */
async function* wholeLog(store: ReservationStore): AsyncGenerator<readonly LogEntry[]> {
  let after = 0;
  let rowByRowUntil = 0;
  let lastFault = '';
  for (;;) {
    const limit = after < rowByRowUntil ? 1 : READ_LIMIT_MAX;
    try {
      const page = await store.events.readAll({ after, limit });
      if (page.length === 0) return;
      yield page.map((event) => ({ kind: 'event', event }));
      after += page.length;
    } catch (error) {
      if (!isReservationError(error, 'STORE_CORRUPT')) throw error;
      if (limit > 1) {
        rowByRowUntil = after + limit;
        continue;
      }
      if (error.message === lastFault) return;
      lastFault = error.message;
      yield [{ kind: 'damaged', fault: error.message }];
      after += 1;
    }
  }
}

interface VerifiedStream {
  readonly kind: 'verified';
  readonly events: number;
  /** Whether the view should have a row of it. */
  readonly hasRow: boolean;
  /** Whether its payment should be in the queue; "unknown" with events of a later release. */
  readonly payment: 'waiting' | 'none' | 'unknown';
  readonly fault: string | null;
}

async function verifyStream(store: ReservationStore, first: RecordedEvent): Promise<VerifiedStream> {
  try {
    return await compareWithView(store, first);
  } catch (error) {
    if (!isReservationError(error, 'STORE_CORRUPT')) throw error;
    return { kind: 'verified', events: 0, hasRow: false, payment: 'none', fault: error.message };
  }
}

async function compareWithView(store: ReservationStore, first: RecordedEvent): Promise<VerifiedStream> {
  for (let attempt = 1; ; attempt += 1) {
    const stream = await loadStream(store.events, first);
    if (stream.kind === 'newer') return await readNewer(store, first, stream.id);
    const { id, loaded } = stream;
    const { state, version, origin } = loaded;
    const row = await store.view.find(id);
    const folded = state.stage === 'none' || origin === null ? null : summarize(id, state, version, origin.caller);
    const payment = state.stage === 'processing' || state.stage === 'unresolved' ? 'waiting' : 'none';
    const difference = differenceOf(folded, row);
    if (difference === null) return { kind: 'verified', events: version, hasRow: true, payment, fault: null };
    if (attempt === COMPARE_ATTEMPTS_MAX) {
      const fault = `view of ${id} differs from its folded stream: ${difference}`;
      return { kind: 'verified', events: version, hasRow: true, payment, fault };
    }
  }
}

/** Checks a stream with events of a later release without folding it. */
async function readNewer(
  { events, view }: ReservationStore,
  { stream }: RecordedEvent,
  id: ReservationId | null,
): Promise<VerifiedStream> {
  const hasRow = id !== null && (await view.find(id)) !== null;
  for (let after = 0; ;) {
    const page = await events.readStream(stream, { after, limit: READ_LIMIT_MAX });
    const fault = page.map(damageOf).find((damage) => damage !== null) ?? null;
    after += page.length;
    if (fault !== null || page.length < READ_LIMIT_MAX)
      return { kind: 'verified', events: after, hasRow, payment: 'unknown', fault };
  }
}

/** Describes the damage of an event of this release; null when there is none. */
function damageOf(event: RecordedEvent): string | null {
  try {
    decodeEvent(event);
    return null;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return `the event at position ${event.position}, stream ${event.stream} cannot be read: ${why}`;
  }
}

function differenceOf(folded: ReservationSummary | null, row: ReservationSummary | null): string | null {
  if (folded === null || row === null) return folded === row ? null : `row is ${row === null ? 'missing' : 'there'}`;
  const wrong = differingFields(folded, row);
  if (wrong.length === 0) return null;
  return wrong
    .map((field) => `${field} is ${JSON.stringify(row[field])}, not ${JSON.stringify(folded[field])}`)
    .join('; ');
}
