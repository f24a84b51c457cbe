import type { RecordedEvent, ReservationStore, ReservationSummary } from '@reservations/core';
import type { AppendRequest, AppendResult } from '@reservations/core/ports';
import { createMemoryStore } from '@reservations/core/memory';
import { type Evidence, touch } from '../evidence/evidence.ts';
import type { History } from '../evidence/history.ts';

const PAGE = 1_000;

/** Builds the database of all servers: the memory store, which outlives every process. Records appends as evidence. */
export function createDatabase(evidence: Evidence, history: History): ReservationStore {
  const inner = createMemoryStore();

  async function append(request: AppendRequest): Promise<AppendResult> {
    const before = (evidence.reservations.get(request.stream)?.events ?? []).slice();
    const logBefore = evidence.log.length;
    const result = await inner.events.append(request);
    const written = await inner.events.readAll({ after: logBefore, limit: PAGE });
    evidence.log.push(...written);
    for (const event of written) await recordEvent(event);
    evidence.gaugeOpen = (await inner.work.gauge({ kind: 'charge' })).open;
    evidence.step.appends.push({ request, result, before, written, logBefore });
    history.add('database', describe(request, result, written), request.stream);
    return result;
  }

  async function recordEvent(event: RecordedEvent): Promise<void> {
    const id = event.stream as `RES-${string}`;
    const reservation = touch(evidence, id);
    reservation.events.push(event);
    if (event.version === 1) history.link(event.metadata.correlationId, id);
    reservation.row = await inner.view.find(id);
  }

  /** Records every row again that a repair wrote. */
  async function put(rows: readonly ReservationSummary[]): Promise<number> {
    const written = await inner.repair.put(rows);
    if (written > 0) history.add('view', `a repair wrote ${written} rows`);
    for (const { reservationId } of rows) touch(evidence, reservationId).row = await inner.view.find(reservationId);
    return written;
  }

  return { ...inner, events: { ...inner.events, append }, repair: { ...inner.repair, put } };
}

function describe(request: AppendRequest, result: AppendResult, written: readonly RecordedEvent[]): string {
  const what = request.events.map((event) => `${event.type} ${JSON.stringify(event.data)}`).join(', ');
  const at = `expected ${request.expected}, work ${request.inlineWrites.work.change}`;
  const outcome = result.kind === 'appended' && written.length === 0 ? 'appended before' : result.kind;
  return `append ${what} (${at}): ${outcome}`;
}
