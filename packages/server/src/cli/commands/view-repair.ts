import { systemRuntime } from '@reservations/core';
import { type RepairedView, type RepairProgress, repairView } from '@reservations/core/operations';
import { wholeNumberSetting } from '../../config/setting-kinds.ts';
import type { CliCommand, CliContext } from '../command.ts';
import { defineCommand } from '../define-command.ts';
import { DB_SETTING } from '../settings/db-setting.ts';
import { JSON_SETTING } from '../settings/json-setting.ts';
import { count, describeDuration } from '../text.ts';

/** Interval between two lines of progress, after the first one. */
const PROGRESS_MS = 2_000;

const POSITION_MAX = 999_999_999_999_999;

/** `view repair`: corrects the read side from the log, beside the running servers. */
export const viewRepairCommand: CliCommand = defineCommand({
  name: 'view repair',
  summary: 'correct the read side from the events, while servers run',
  usage: 'view repair [OPTIONS]',
  about:
    'Folds every reservation from its events, writes the rows of the view that differ, and removes rows without events. ' +
    'Servers may be running. It can be stopped at any time and run again, or continued with --after behind the last ' +
    'position that it printed. Exit code 0 when the whole view is right, 1 when not.',
  settings: {
    after: wholeNumberSetting({
      flag: 'after',
      env: null,
      description: 'Continue behind this position, which an earlier run printed',
      min: 0,
      max: POSITION_MAX,
      default: 0,
    }),
    db: DB_SETTING,
    json: JSON_SETTING,
  },
  async run({ values: { db, after }, context, withStore }) {
    const runtime = systemRuntime();
    const onProgress = createProgress(context, () => runtime.clock.now());
    const repaired = await withStore(db, (store) => repairView(store, { runtime, after, onProgress }));
    return { kind: 'answer', text: [toText(repaired)], json: toJson(repaired) };
  },
});

function createProgress(context: CliContext, now: () => number): (progress: RepairProgress) => void {
  let nextAt = 0;
  return ({ position }) => {
    const at = now();
    if (context.json || at < nextAt) return;
    nextAt = at + PROGRESS_MS;
    context.print(`Repaired up to position ${position}.`);
  };
}

function toText({ reservations, newer, written, removed, durationMs }: RepairedView): string {
  const changes = `${count(written, 'row')} written, ${count(removed, 'row')} removed`;
  const left = newer === 0 ? '' : ` ${count(newer, 'stream')} with events of a later release: left as they are.`;
  return `The view is right: ${count(reservations, 'reservation')} checked, ${changes} in ${describeDuration(durationMs)}.${left}`;
}

function toJson({ position, reservations, written, removed, durationMs }: RepairedView): object {
  return { position, reservations, written, removed, duration_ms: durationMs };
}
