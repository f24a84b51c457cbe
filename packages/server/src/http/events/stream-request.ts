import type { AppContext } from '../app-state.ts';
import type { ValidationEntry } from '../problems/problems.ts';
import { queryFault, readQuery } from '../query/read-query.ts';

/** Content type of a stream of events. */
export const EVENT_STREAM = 'text/event-stream';

/** Position behind which a client reads; null when it names none. */
export type AfterRead =
  | { readonly ok: true; readonly after: number | null }
  | { readonly ok: false; readonly entries: readonly ValidationEntry[] };

/** Positions are safe integers. */
const POSITION = /^\d{1,15}$/;

/** Reads `Last-Event-ID`, or without it `after` of the query. */
export function readAfter(ctx: AppContext): AfterRead {
  const query = readQuery(ctx.query, ['after']);
  if (!query.ok) return query;
  const { after } = query.values;
  if (after !== undefined && !POSITION.test(after)) {
    return { ok: false, entries: [queryFault('after', 'int_parsing', NO_POSITION_TEXT)] };
  }
  // An empty header is a fault and not a stream from now on, which would pass over events.
  const lastId = ctx.headers['last-event-id'];
  if (lastId === undefined) return { ok: true, after: after === undefined ? null : Number(after) };
  if (typeof lastId === 'string' && POSITION.test(lastId)) return { ok: true, after: Number(lastId) };
  return { ok: false, entries: [{ loc: ['header', 'last-event-id'], msg: NO_POSITION_TEXT, type: 'int_parsing' }] };
}

const NO_POSITION_TEXT = 'Input should be a valid integer, the position of an event';

/** The fault of a position that the log does not have, because it was restored from a backup or belongs to another store. */
export function behindEnd(ctx: AppContext, end: number): ValidationEntry {
  const msg = `Input should be less than or equal to ${end}, the position of the last event`;
  const loc = ctx.headers['last-event-id'] === undefined ? ['query', 'after'] : ['header', 'last-event-id'];
  return { loc, msg, type: 'less_than_equal' };
}

/** True when the client takes a stream, by its name: clients send wildcards by default. */
export function takesStream(ctx: AppContext): boolean {
  return ctx.get('Accept').toLowerCase().includes(EVENT_STREAM) && ctx.accepts(EVENT_STREAM) !== false;
}

/** True when the client prefers a stream to JSON. */
export function prefersStream(ctx: AppContext): boolean {
  return takesStream(ctx) && ctx.accepts('application/json', EVENT_STREAM) === EVENT_STREAM;
}
