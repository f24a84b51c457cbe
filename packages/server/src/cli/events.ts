import type { RecordedEvent, ReservationId, ReservationStore } from '@reservations/core';
import { READ_LIMIT_MAX } from '@reservations/core/ports';
import { type Settings } from '../settings.ts';
import { readWithReservation } from './arguments.ts';
import { type CliCommand, type CliContext, EXIT_OK } from './command.ts';
import { DB_SETTING, withDatabase } from './database.ts';
import { describeFacts } from './event-facts.ts';
import { JSON_SETTING } from './json-setting.ts';
import { reportFaults, reportRefusal } from './report.ts';
import { columns, describeDuration, plain } from './text.ts';

interface EventsConfig {
  readonly db: string;
  readonly json: boolean;
}

/** The settings of `events`. */
export const EVENTS_SETTINGS: Settings<EventsConfig> = { db: DB_SETTING, json: JSON_SETTING };

/** `events`: all that happened to a reservation. */
export const eventsCommand: CliCommand = {
  name: 'events',
  summary: "show a reservation's events as a timeline",
  usage: 'events RES-… [OPTIONS]',
  about:
    'Shows all that happened to a reservation, in order. The correlation id is the request id of the request that opened ' +
    'it, also on what settlement or an operator did later. Exit code 1 when there is no such reservation.',
  settings: EVENTS_SETTINGS,
  async run(args, context) {
    const read = readWithReservation(EVENTS_SETTINGS, args, context);
    if (read.kind === 'faults') return reportFaults(context, 'events', read.faults);
    const { id, values } = read;
    const events = await withDatabase(values.db, context, (store) => readWholeStream(store, id));
    if (events.length === 0) return reportRefusal(context, 'reservation_not_found', `There is no reservation ${id}.`);
    if (values.json) context.print(JSON.stringify({ reservation_id: id, events: events.map(toJson) }));
    else printText(context, events);
    return EXIT_OK;
  },
};

async function readWholeStream(store: ReservationStore, id: ReservationId): Promise<readonly RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for (;;) {
    const page = await store.events.readStream(id, { after: events.length, limit: READ_LIMIT_MAX });
    events.push(...page);
    if (page.length < READ_LIMIT_MAX) return events;
  }
}

const HEAD = ['VERSION', 'POSITION', 'TIME', 'AFTER', 'EVENT', 'CORRELATION', 'FACTS'];

function printText(context: CliContext, events: readonly RecordedEvent[]): void {
  const start = Date.parse(events[0]?.metadata.recordedAt ?? '');
  const rows = events.map((event) => {
    const { recordedAt, correlationId } = event.metadata;
    return [
      String(event.version),
      String(event.position),
      recordedAt,
      describeDuration(Date.parse(recordedAt) - start),
      plain(event.type),
      plain(correlationId),
      describeFacts(event),
    ];
  });
  for (const line of columns([HEAD, ...rows])) context.print(line);
}

function toJson({ version, position, id, type, schemaVersion, data, metadata }: RecordedEvent): object {
  return {
    version,
    position,
    id,
    type,
    schema_version: schemaVersion,
    data,
    recorded_at: metadata.recordedAt,
    correlation_id: metadata.correlationId,
    causation_id: metadata.causationId,
    traceparent: metadata.traceparent,
  };
}
