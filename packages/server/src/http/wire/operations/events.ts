import type { Operation } from '../operation.ts';
import type { Parameter } from '../parameter.ts';

/** Parameter of what begins behind a position. */
const AFTER: Parameter = {
  description: 'Position behind which the events begin; 0 is the start. `Last-Event-ID` wins.',
  schema: { type: 'integer', minimum: 0 },
};

/** Reading events. */
export const EVENT_OPERATIONS: Readonly<Record<'getHistory' | 'events', Operation>> = {
  getHistory: {
    operationId: 'get_history_reservations__reservation_id__events_get',
    method: 'get',
    path: '/reservations/{reservation_id}/events',
    tag: 'reservations',
    scope: 'reservations:read',
    summary: 'Returns what happened to a reservation',
    description:
      'As JSON, or for a client that prefers `text/event-stream` as a stream that goes on with new events. Each `data:` ' +
      'of it is a `StreamedEvent`.',
    parameters: { reservation_id: 'Id of the reservation.' },
    query: { after: AFTER },
    headers: ['Last-Event-ID'],
    answers: [
      {
        status: 200,
        description: 'All events.',
        body: 'History',
        types: ['text/event-stream'],
        headers: ['Cache-Control', 'X-Accel-Buffering'],
      },
    ],
    problems: [
      'reservation_not_found',
      'validation_failed',
      'store_unavailable',
      'store_newer',
      'overloaded',
      'too_many_streams',
    ],
  },
  events: {
    operationId: 'get_events_events_get',
    method: 'get',
    path: '/events',
    tag: 'reservations',
    scope: 'ops:read',
    summary: 'Streams what happens to all reservations',
    description:
      'Behind `Last-Event-ID` or `after`, else from now on. `id:` is the position of an event, `event:` its type, each ' +
      '`data:` a `StreamedEvent`.',
    query: { after: AFTER },
    headers: ['Last-Event-ID'],
    answers: [
      {
        status: 200,
        description:
          'The stream. It goes on until the client ends it, its credential is worth nothing any more, or the server stops.',
        types: ['text/event-stream'],
        headers: ['Cache-Control', 'X-Accel-Buffering'],
      },
    ],
    problems: ['not_acceptable', 'validation_failed', 'store_unavailable', 'too_many_streams'],
  },
};
