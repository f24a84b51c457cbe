import { type Verification, verifyStore } from '@reservations/core/operations';
import { readSettings, type Settings } from '../settings.ts';
import { type CliCommand, type CliContext, EXIT_FAILURE, EXIT_OK } from './command.ts';
import { DB_SETTING, withDatabase } from './database.ts';
import { JSON_SETTING } from './json-setting.ts';
import { reportFaults } from './report.ts';
import { count, plain } from './text.ts';

interface VerifyConfig {
  readonly db: string;
  readonly json: boolean;
}

/** The settings of `verify`. */
export const VERIFY_SETTINGS: Settings<VerifyConfig> = { db: DB_SETTING, json: JSON_SETTING };

/** `verify`: holds the whole log against its checksums and against everything that follows from it. */
export const verifyCommand: CliCommand = {
  name: 'verify',
  summary: 'check the whole database for damage',
  usage: 'verify [OPTIONS]',
  about:
    'Reads every event: positions and versions without a gap, checksums, that every stream makes a reservation, that ' +
    'the view shows what the events say, and that every payment without a verdict is in the queue. ' +
    'Exit code 0 when all is well, 1 when there is a fault.',
  settings: VERIFY_SETTINGS,
  async run(args, context) {
    const read = readSettings(VERIFY_SETTINGS, { args, env: context.env });
    if (read.kind === 'faults') return reportFaults(context, 'verify', read.faults);
    const { db, json } = read.values;
    const verification = await withDatabase(db, context, verifyStore);
    // The same damage shows up in the log and in its stream.
    const found = { ...verification, faults: [...new Set(verification.faults)] };
    if (json) context.print(JSON.stringify(toJson(found)));
    else printText(context, found);
    return found.faults.length === 0 ? EXIT_OK : EXIT_FAILURE;
  },
};

function printText(context: CliContext, { events, streams, open, faults }: Verification): void {
  for (const fault of faults) context.print(plain(fault));
  if (events === 0 && faults.length === 0) return context.print('The database is empty. Should it be?');
  const read = `Read ${count(events, 'event')} of ${count(streams, 'reservation')}; settlement works on ${count(open, 'payment')}.`;
  context.print(`${read} ${faults.length === 0 ? 'No fault was found.' : `Found ${count(faults.length, 'fault')}.`}`);
}

function toJson({ events, streams, open, faults }: Verification): object {
  return { events, reservations: streams, with_settlement: open, faults };
}
