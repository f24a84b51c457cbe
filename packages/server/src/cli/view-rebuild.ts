import { systemRuntime } from '@reservations/core';
import { type RepairedView, type RepairProgress, repairView } from '@reservations/core/operations';
import { wholeNumberSetting } from '../setting-kinds.ts';
import { readSettings, type Settings } from '../settings.ts';
import { type CliCommand, EXIT_OK } from './command.ts';
import { DB_SETTING, withDatabase } from './database.ts';
import { JSON_SETTING } from './json-setting.ts';
import { reportFaults } from './report.ts';
import { count, describeDuration } from './text.ts';

interface ViewRebuildConfig {
  readonly db: string;
  readonly after: number;
  readonly json: boolean;
}

/** The settings of `view repair`. */
export const VIEW_REBUILD_SETTINGS: Settings<ViewRebuildConfig> = {
  after: wholeNumberSetting({
    flag: 'after',
    env: null,
    description: 'Continue behind this position, which an earlier run printed',
    min: 0,
    max: 999_999_999_999_999,
    default: 0,
  }),
  db: DB_SETTING,
  json: JSON_SETTING,
};

/** Interval between two lines of progress, after the first one. */
const PROGRESS_MS = 2_000;

/** `view repair`: corrects the read side from the log, beside the running servers. */
export const viewRebuildCommand: CliCommand = {
  name: 'view repair',
  summary: 'correct the read side from the events, while servers run',
  usage: 'view repair [OPTIONS]',
  about:
    'Folds every reservation from its events, writes the rows of the view that differ, and removes rows without events. ' +
    'Servers may be running. It can be stopped at any time and run again, or continued with --after behind the last ' +
    'position that it printed. Exit code 0 when the whole view is right, 1 when not.',
  settings: VIEW_REBUILD_SETTINGS,
  async run(args, context) {
    const read = readSettings(VIEW_REBUILD_SETTINGS, { args, env: context.env });
    if (read.kind === 'faults') return reportFaults(context, 'view repair', read.faults);
    const { db, after, json } = read.values;
    const runtime = systemRuntime();
    let tellAt = 0;
    function onProgress({ position }: RepairProgress): void {
      const now = runtime.clock.now();
      if (json || now < tellAt) return;
      tellAt = now + PROGRESS_MS;
      context.print(`Repaired up to position ${position}.`);
    }
    const repaired = await withDatabase(db, context, (store) => repairView(store, { runtime, after, onProgress }));
    context.print(json ? JSON.stringify(toJson(repaired)) : toText(repaired));
    return EXIT_OK;
  },
};

function toText({ reservations, written, removed, durationMs }: RepairedView): string {
  const changes = `${count(written, 'row')} written, ${count(removed, 'row')} removed`;
  return `The view is right: ${count(reservations, 'reservation')} checked, ${changes} in ${describeDuration(durationMs)}.`;
}

function toJson({ position, reservations, written, removed, durationMs }: RepairedView): object {
  return { position, reservations, written, removed, duration_ms: durationMs };
}
