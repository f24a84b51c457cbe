import { switchSetting } from '../../../config/setting-kinds.ts';
import type { StoreAddress } from '../../../config/store-address.ts';
import { escapeInvisible, type RecordedEvent, type ReservationId, type ReservationStore } from '@reservations/core';
import { READ_LIMIT_MAX } from '@reservations/core/ports';
import { RESERVATION_ARGUMENT } from '../../arguments.ts';
import type { CliCommand } from '../../command.ts';
import { defineCommand } from '../../define-command.ts';
import { DB_SETTING } from '../../settings/db-setting.ts';
import { JSON_SETTING } from '../../settings/json-setting.ts';
import { columns, describeDuration } from '../../text.ts';
import { describeFacts } from './event-facts.ts';
import { eventToJson } from './event-json.ts';
import { followLog } from './follow-log.ts';
import { positionSetting } from './position-setting.ts';

/** What `events` is asked for. */
interface EventsConfig {
  readonly follow: boolean;
  /** Null: a follower of all events begins at the end of the log. */
  readonly after: number | null;
  readonly db: StoreAddress;
  readonly json: boolean;
}

/** `events`: all that happened to a reservation, or what happens to all of them. */
export const eventsCommand: CliCommand = defineCommand<EventsConfig, ReservationId | ''>({
  name: 'events',
  summary: "show a reservation's events as a timeline, or follow all events",
  usage: 'events RES-…|--follow [OPTIONS]',
  about:
    'Shows all that happened to a reservation, in order. The correlation id is the request id of the request that opened ' +
    'it, also on what settlement or an operator did later. Exit code 1 when there is no such reservation.\n\n' +
    'With --follow it prints a line for each event of the database as it happens, of all reservations or of one, without ' +
    'an end: from now on, or behind the position that --after names. SIGINT, SIGTERM and SIGHUP end it with exit code 0, ' +
    'as does the first line that it cannot print because its reader has ended.',
  settings: {
    follow: switchSetting({ flag: 'follow', env: null, description: 'Go on with new events, one line each' }),
    after: positionSetting({
      flag: 'after',
      env: null,
      description: 'With --follow: begin behind this position; 0 is the start',
    }),
    db: DB_SETTING,
    json: JSON_SETTING,
  },
  argument: { ...RESERVATION_ARGUMENT, default: '' },
  check: ({ follow, after }) =>
    follow === false && typeof after === 'number' ? ['--after: has no effect without --follow'] : [],
  async run({ values: { follow, after, db, json }, argument: id, context, withStore }) {
    if (follow) {
      const stop = context.stopSignal();
      const request = { reservationId: id === '' ? null : id, after, json, stop };
      return await withStore(db, (store) => followLog(store, request, context));
    }
    if (id === '') return { kind: 'faults', faults: [`expected ${RESERVATION_ARGUMENT.expected}, or --follow`] };
    const events = await withStore(db, (store) => readWholeStream(store, id));
    if (events.length === 0) {
      return { kind: 'refused', code: 'reservation_not_found', message: `There is no reservation ${id}.` };
    }
    return { kind: 'answer', text: toText(events), json: { reservation_id: id, events: events.map(eventToJson) } };
  },
});

async function readWholeStream(store: ReservationStore, id: ReservationId): Promise<readonly RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for (;;) {
    const page = await store.events.readStream(id, { after: events.length, limit: READ_LIMIT_MAX });
    events.push(...page);
    if (page.length < READ_LIMIT_MAX) return events;
  }
}

const HEAD = ['VERSION', 'POSITION', 'TIME', 'AFTER', 'EVENT', 'CORRELATION', 'FACTS'];

function toText(events: readonly RecordedEvent[]): readonly string[] {
  const start = Date.parse(events[0]?.metadata.recordedAt ?? '');
  const rows = events.map((event) => {
    const { recordedAt, correlationId } = event.metadata;
    return [
      String(event.version),
      String(event.position),
      recordedAt,
      describeDuration(Date.parse(recordedAt) - start),
      escapeInvisible(event.type),
      escapeInvisible(correlationId),
      describeFacts(event),
    ];
  });
  return columns([HEAD, ...rows]);
}
