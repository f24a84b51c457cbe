import {
  escapeInvisible,
  type FeedEvent,
  followEvents,
  isReservationError,
  type ReservationId,
  type ReservationStore,
} from '@reservations/core';
import type { CliContext } from '../../command.ts';
import type { CommandAnswer } from '../../define-command.ts';
import { CommandFailure, reportWarning } from '../../report.ts';
import { describeFacts } from './event-facts.ts';
import { eventToJson } from './event-json.ts';

/** What is followed, and until when. */
export interface FollowLogRequest {
  /** Null for all. */
  readonly reservationId: ReservationId | null;
  /** Position behind which it begins; null for the end of the log. */
  readonly after: number | null;
  /** One JSON object for each event, in place of a text. */
  readonly json: boolean;
  /** Ends it. */
  readonly stop: AbortSignal;
}

/**
 * Prints a line for each event behind a position, then for each new one, until it is stopped or its reader has ended. Reads
 * on when its reader has taken what was printed.
 * @throws what the store throws, but for its absence: then it waits
 */
export async function followLog(
  store: Pick<ReservationStore, 'events'>,
  request: FollowLogRequest,
  context: CliContext,
): Promise<CommandAnswer> {
  const end = await store.events.lastPosition();
  const after = request.after ?? end;
  if (after > end) return { kind: 'refused', code: 'invalid_option', message: behindEnd(after, end) };
  const signal = AbortSignal.any([request.stop, context.outputLost]);
  for await (const event of followEvents(store, { after, signal, observer: warnOfFaults(context) })) {
    if (request.reservationId !== null && event.reservationId !== request.reservationId) continue;
    context.print(request.json ? jsonLine(event) : textLine(event));
    await untilPrinted(context, signal);
  }
  assertReaderEnded(context.outputLost);
  return { kind: 'answer', text: [] };
}

/** Resolves when the reader has taken what was printed, or with the signal. */
async function untilPrinted(context: CliContext, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = (): void => resolve();
  signal.addEventListener('abort', end);
  await Promise.race([context.printed(), promise]);
  signal.removeEventListener('abort', end);
}

/** A reader that ended has what it wanted; everything else that keeps lines from being printed is a failure. */
function assertReaderEnded({ aborted, reason }: AbortSignal): void {
  if (!aborted || (reason as NodeJS.ErrnoException).code === 'EPIPE') return;
  const { message } = reason as Error;
  throw new CommandFailure('output_not_written', `cannot write to standard output: ${message}`);
}

function behindEnd(after: number, end: number): string {
  return `--after: expected a position of the log, which ends at ${end}, found ${after}`;
}

/** The longest type of an event. */
const TYPE_WIDTH = 'RESERVATION_CONFIRMED'.length;

function textLine(event: FeedEvent): string {
  const { position, version, type, metadata, reservationId, stream } = event;
  const cells = [
    String(position),
    metadata.recordedAt,
    escapeInvisible(reservationId ?? stream),
    String(version),
    escapeInvisible(type).padEnd(TYPE_WIDTH),
    escapeInvisible(metadata.correlationId),
    describeFacts(event),
  ];
  return cells.join('  ');
}

function jsonLine(event: FeedEvent): string {
  return JSON.stringify({ reservation_id: event.reservationId, ...eventToJson(event) });
}

function warnOfFaults(context: CliContext): (seen: { readonly kind: string; readonly error?: unknown }) => void {
  return ({ error }) => {
    const why = isReservationError(error) ? `: ${error.message}` : '';
    reportWarning(context, `the events cannot be read; trying again${why}`);
  };
}
