import { escapeInvisible } from '@reservations/core';
import { type Verification, verifyStore } from '@reservations/core/operations';
import { type CliCommand } from '../command.ts';
import { defineCommand } from '../define-command.ts';
import { DB_SETTING } from '../settings/db-setting.ts';
import { JSON_SETTING } from '../settings/json-setting.ts';
import { count } from '../text.ts';

/** `verify`: compares the whole log with its checksums and with everything that follows from it. */
export const verifyCommand: CliCommand = defineCommand({
  name: 'verify',
  summary: 'check the whole database for damage',
  usage: 'verify [OPTIONS]',
  about:
    'Reads every event: positions and versions without a gap, checksums, that every stream makes a reservation, that ' +
    'the view shows what the events say, and that every payment without a verdict is in the queue. ' +
    'Exit code 0 when all is well, 1 when there is a fault.',
  settings: { db: DB_SETTING, json: JSON_SETTING },
  async run({ values, withStore }) {
    const verification = await withStore(values.db, verifyStore);
    // The same damage shows up in the log and in its stream.
    const found = { ...verification, faults: [...new Set(verification.faults)] };
    return { kind: 'answer', text: toText(found), json: toJson(found), needsAttention: found.faults.length > 0 };
  },
});

function toText({ events, streams, open, newer, faults }: Verification): readonly string[] {
  if (events === 0 && faults.length === 0) return ['The database is empty. Should it be?'];
  const read = `Read ${count(events, 'event')} of ${count(streams, 'reservation')}; settlement works on ${count(open, 'payment')}.`;
  const result = faults.length === 0 ? 'No fault was found.' : `Found ${count(faults.length, 'fault')}.`;
  const later = newer === 0 ? '' : ` ${count(newer, 'reservation')} with events of a later release not checked.`;
  return [...faults.map(escapeInvisible), `${read}${later} ${result}`];
}

function toJson({ events, streams, open, newer, faults }: Verification): object {
  return { events, reservations: streams, with_settlement: open, of_later_release: newer, faults };
}
