import { systemRuntime } from '@reservations/core';
import type { MoveProgress, MoveResult } from '@reservations/core/operations';
import { DRIVERS } from '../../compose/drivers.ts';
import { moveToPostgres } from '../../compose/move-store.ts';
import { required, type Setting } from '../../config/settings.ts';
import {
  describeAddress,
  explainStoreAddress,
  IN_MEMORY,
  parseStoreAddress,
  type PostgresAddress,
  type SqliteAddress,
} from '../../config/store-address.ts';
import type { CliCommand, CliContext } from '../command.ts';
import { defineCommand } from '../define-command.ts';
import { JSON_SETTING } from '../settings/json-setting.ts';
import { count, describeDuration } from '../text.ts';

const FROM_SETTING: Setting<SqliteAddress | null> = {
  flag: 'from',
  env: null,
  value: 'FILE',
  default: null,
  description: 'The SQLite file, with or without sqlite: before it; its server has to be stopped',
  expected: 'the path of a SQLite file',
  parse(text) {
    const address = parseStoreAddress(text, DRIVERS);
    return address?.kind === 'sqlite' && address.path !== IN_MEMORY ? address : undefined;
  },
};

const TO_SETTING: Setting<PostgresAddress | null> = {
  flag: 'to',
  env: null,
  value: 'URL',
  default: null,
  description: 'The postgres:// URL of an empty database',
  expected: 'a postgres:// URL',
  parse(text) {
    const address = parseStoreAddress(text, DRIVERS);
    return address?.kind === 'postgres' ? address : undefined;
  },
  explain: (text) => explainStoreAddress(text, DRIVERS),
};

/** `migrate-store`: moves everything from a SQLite file into a PostgreSQL database. */
export const migrateStoreCommand: CliCommand = defineCommand({
  name: 'migrate-store',
  summary: 'move a SQLite store to PostgreSQL',
  usage: 'migrate-store --from FILE --to URL [OPTIONS]',
  about:
    'Copies every event with its position, the idempotency keys, the open payments, the checkpoints and the API keys, compares all ' +
    'of it, and only then marks the file as moved: from there on the file is a backup, which no server serves. ' +
    'When it ends early, run the same command again: it goes on where it was. ' +
    'Exit code 0 when the store was moved, 1 when it was not.',
  settings: { from: required(FROM_SETTING), to: required(TO_SETTING), json: JSON_SETTING },
  async run({ values: { from, to }, context }) {
    const { clock } = systemRuntime();
    const beganAt = clock.now();
    const result = await moveToPostgres(from, to, createProgress(context));
    const durationMs = clock.now() - beganAt;
    return { kind: 'answer', text: toText(result, { from, to, durationMs }), json: toJson(result, durationMs) };
  },
});

/** Rows between two lines of progress. */
const ROWS_PER_LINE = 50_000;

const STAGES: Readonly<Record<MoveProgress['stage'], string>> = {
  events: 'copying the events',
  reservations: 'writing the view from the events',
  keys: 'copying the idempotency keys',
  work: 'copying the open payments',
  checkpoints: 'copying the checkpoints',
  'api-keys': 'copying the API keys',
  check: 'comparing both databases',
};

/** Prints each stage and every {@link ROWS_PER_LINE} rows to standard error; nothing under `--json`. */
function createProgress({ printError, json }: CliContext): (progress: MoveProgress) => void {
  if (json) return () => undefined;
  let current: MoveProgress['stage'] | null = null;
  let lines = 0;
  return ({ stage, done, total }) => {
    if (stage !== current) {
      printError(STAGES[stage]);
      current = stage;
      lines = Math.floor(done / ROWS_PER_LINE);
    }
    if (Math.floor(done / ROWS_PER_LINE) <= lines) return;
    lines = Math.floor(done / ROWS_PER_LINE);
    printError(`  ${done}${total === null ? '' : ` of ${total}`}`);
  };
}

interface Move {
  readonly from: SqliteAddress;
  readonly to: PostgresAddress;
  readonly durationMs: number;
}

function toText(result: MoveResult, { from, to, durationMs }: Move): readonly string[] {
  const target = describeAddress(to);
  const next = `Serve it with --db ${target} from now on. ${from.path} is a backup: it can be read, and not be served.`;
  if (result.kind === 'moved-before') return [`The store was moved to ${target} before; nothing was done.`, next];
  const { events, reservations, keys, openPayments, checkpoints, apiKeys } = result.counts;
  const what = [
    `${count(events, 'event')} of ${count(reservations, 'reservation')}`,
    count(keys, 'idempotency key'),
    count(openPayments, 'open payment'),
    count(checkpoints, 'checkpoint'),
    count(apiKeys, 'API key'),
  ].join(', ');
  return [`Moved to ${target} in ${describeDuration(durationMs)}, and compared: ${what}.`, next];
}

function toJson(result: MoveResult, durationMs: number): object {
  if (result.kind === 'moved-before') return { result: result.kind };
  const { events, reservations, keys, openPayments, checkpoints, apiKeys } = result.counts;
  return {
    result: result.kind,
    events,
    reservations,
    keys,
    open_payments: openPayments,
    checkpoints,
    api_keys: apiKeys,
    duration_ms: durationMs,
  };
}
