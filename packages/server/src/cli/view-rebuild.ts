import { type RebuiltView, rebuildView, systemRuntime } from '@reservations/core';
import { readSettings, type Settings } from '../settings.ts';
import { type CliCommand, EXIT_OK } from './command.ts';
import { DB_SETTING, withDatabase } from './database.ts';
import { JSON_SETTING } from './json-setting.ts';
import { reportFaults } from './report.ts';
import { count, describeDuration } from './text.ts';

interface ViewRebuildConfig {
  readonly db: string;
  readonly json: boolean;
}

/** The settings of `view rebuild`. */
export const VIEW_REBUILD_SETTINGS: Settings<ViewRebuildConfig> = { db: DB_SETTING, json: JSON_SETTING };

/** How often people are told how far it is, after the first time. */
const PROGRESS_MS = 2_000;

/** `view rebuild`: makes the read side anew from the log, beside the running servers. */
export const viewRebuildCommand: CliCommand = {
  name: 'view rebuild',
  summary: 'make the read side anew from the events, while the server goes on',
  usage: 'view rebuild [OPTIONS]',
  about:
    'Builds a new version of the view that listings and look-ups read, beside the one that is shown, and switches to ' +
    'it in one transaction. The server may be running and serves the old version until then. If it is stopped half-way, ' +
    'nothing was changed; the next one removes what it left. Exit code 0 when the new version is shown, 1 when not.',
  settings: VIEW_REBUILD_SETTINGS,
  async run(args, context) {
    const read = readSettings(VIEW_REBUILD_SETTINGS, { args, env: context.env });
    if (read.kind === 'faults') return reportFaults(context, 'view rebuild', read.faults);
    const { db, json } = read.values;
    const runtime = systemRuntime();
    let tellAt = 0;
    function onProgress(events: number): void {
      const now = runtime.clock.now();
      if (json || now < tellAt) return;
      tellAt = now + PROGRESS_MS;
      context.print(`Read ${count(events, 'event')}.`);
    }
    const rebuilt = await withDatabase(db, context, (store) => rebuildView(store, { runtime, onProgress }));
    context.print(json ? JSON.stringify(toJson(rebuilt)) : toText(rebuilt));
    return EXIT_OK;
  },
};

function toText({ events, reservations, durationMs }: RebuiltView): string {
  const made = `${count(reservations, 'reservation')} from ${count(events, 'event')}`;
  return `The view was rebuilt: ${made} in ${describeDuration(durationMs)}.`;
}

function toJson({ events, reservations, durationMs }: RebuiltView): object {
  return { events, reservations, duration_ms: durationMs };
}
