import { escapeInvisible, type RecordedEvent, type ReservationId, type ReservationStore } from '@reservations/core';
import { READ_LIMIT_MAX } from '@reservations/core/ports';
import { RESERVATION_ARGUMENT } from '../../arguments.ts';
import type { CliCommand } from '../../command.ts';
import { defineCommand } from '../../define-command.ts';
import { DB_SETTING } from '../../settings/db-setting.ts';
import { JSON_SETTING } from '../../settings/json-setting.ts';
import { columns, describeDuration } from '../../text.ts';
import { describeFacts } from './event-facts.ts';

/** `events`: all that happened to a reservation. */
export const eventsCommand: CliCommand = defineCommand({
  name: 'events',
  summary: "show a reservation's events as a timeline",
  usage: 'events RES-… [OPTIONS]',
  about:
    'Shows all that happened to a reservation, in order. The correlation id is the request id of the request that opened ' +
    'it, also on what settlement or an operator did later. Exit code 1 when there is no such reservation.',
  settings: { db: DB_SETTING, json: JSON_SETTING },
  argument: RESERVATION_ARGUMENT,
  async run({ values, argument: id, withStore }) {
    const events = await withStore(values.db, (store) => readWholeStream(store, id));
    if (events.length === 0) {
      return { kind: 'refused', code: 'reservation_not_found', message: `There is no reservation ${id}.` };
    }
    return { kind: 'answer', text: toText(events), json: { reservation_id: id, events: events.map(toJson) } };
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
