import { systemRuntime } from '@reservations/core';
import { type MoveProgress, type MoveResult, moveStore } from '@reservations/core/operations';
import { openPostgresTransferTarget, parsePostgresUrl } from '@reservations/core/postgres';
import { openSqliteTransferSource } from '@reservations/core/sqlite';
import { explainDatabase } from '../setting-kinds.ts';
import { readSettings, type Settings } from '../settings.ts';
import { type CliCommand, type CliContext, EXIT_OK } from './command.ts';
import { JSON_SETTING } from './json-setting.ts';
import { reportFaults } from './report.ts';
import { describeStore } from './store.ts';
import { count, describeDuration } from './text.ts';

interface MigrateStoreConfig {
  readonly from: string | null;
  readonly to: string | null;
  readonly json: boolean;
}

/** The settings of `migrate-store`. */
export const MIGRATE_STORE_SETTINGS: Settings<MigrateStoreConfig> = {
  from: {
    flag: 'from',
    env: null,
    value: 'FILE',
    default: null,
    description: 'The SQLite file, with or without sqlite: before it; its server has to be stopped',
    expected: 'the path of a SQLite file',
    parse: parseFile,
  },
  to: {
    flag: 'to',
    env: null,
    value: 'URL',
    default: null,
    description: 'The postgres:// URL of an empty database',
    expected: 'a postgres:// URL',
    parse: (text) => (parsePostgresUrl(text).kind === 'url' ? text : undefined),
    explain: explainDatabase,
  },
  json: JSON_SETTING,
};

function parseFile(text: string): string | undefined {
  const path = text.replace(/^sqlite:/, '');
  const isPath =
    path !== '' && path === path.trim() && path !== ':memory:' && !/^(file|postgres|postgresql):/i.test(path);
  return isPath ? path : undefined;
}

/** `migrate-store`: moves everything from a SQLite file into a PostgreSQL database. */
export const migrateStoreCommand: CliCommand = {
  name: 'migrate-store',
  summary: 'move a SQLite store to PostgreSQL',
  usage: 'migrate-store --from FILE --to URL [OPTIONS]',
  about:
    'Copies every event with its position, the idempotency keys, the open payments and the checkpoints, compares all ' +
    'of it, and only then marks the file as moved: from there on the file is a backup, which no server serves. ' +
    'When it ends early, run the same command again: it goes on where it was. ' +
    'Exit code 0 when the store was moved, 1 when it was not.',
  settings: MIGRATE_STORE_SETTINGS,
  async run(args, context) {
    const read = readSettings(MIGRATE_STORE_SETTINGS, { args, env: context.env });
    const faults = read.kind === 'faults' ? [...read.faults] : [];
    const { from, to, json } = read.kind === 'values' ? read.values : { from: '', to: '', json: false };
    if (from === null) faults.push('--from is missing: which SQLite file?');
    if (to === null) faults.push('--to is missing: which PostgreSQL database?');
    if (faults.length > 0 || from === null || to === null) return reportFaults(context, 'migrate-store', faults);
    const { clock } = systemRuntime();
    const beganAt = clock.now();
    const result = await move(from, to, context);
    const durationMs = clock.now() - beganAt;
    if (json) context.print(JSON.stringify(toJson(result, durationMs)));
    else for (const line of describe(result, { from, to, durationMs })) context.print(line);
    return EXIT_OK;
  },
};

async function move(from: string, to: string, context: CliContext): Promise<MoveResult> {
  const source = await openSqliteTransferSource({ path: from });
  try {
    const target = await openPostgresTransferTarget({ connectionString: to });
    try {
      return await moveStore({ source, target }, { onProgress: createReport(context) });
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

/** Rows between two lines of progress. */
const ROWS_PER_LINE = 50_000;

const STAGES: Readonly<Record<MoveProgress['stage'], string>> = {
  events: 'copying the events',
  reservations: 'writing the view from the events',
  keys: 'copying the idempotency keys',
  work: 'copying the open payments',
  checkpoints: 'copying the checkpoints',
  check: 'comparing both databases',
};

/** Tells on standard error what is being done, and now and then how far it is; a program learns it at the end. */
function createReport({ printError, json }: CliContext): (progress: MoveProgress) => void {
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

function describe(
  result: MoveResult,
  { from, to, durationMs }: { readonly from: string; readonly to: string; readonly durationMs: number },
): readonly string[] {
  const target = describeStore(to);
  const next = `Serve it with --db ${target} from now on. ${from} is a backup: it can be read, and not be served.`;
  if (result.kind === 'moved-before') return [`The store was moved to ${target} before; nothing was done.`, next];
  const { events, reservations, keys, openPayments, checkpoints } = result.counts;
  const what = [
    `${count(events, 'event')} of ${count(reservations, 'reservation')}`,
    count(keys, 'idempotency key'),
    count(openPayments, 'open payment'),
    count(checkpoints, 'checkpoint'),
  ].join(', ');
  return [`Moved to ${target} in ${describeDuration(durationMs)}, and compared: ${what}.`, next];
}

function toJson(result: MoveResult, durationMs: number): object {
  if (result.kind === 'moved-before') return { result: result.kind };
  const { events, reservations, keys, openPayments, checkpoints } = result.counts;
  return {
    result: result.kind,
    events,
    reservations,
    keys,
    open_payments: openPayments,
    checkpoints,
    duration_ms: durationMs,
  };
}
