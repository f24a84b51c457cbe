import { parseReservationId, type ReservationStore } from '@reservations/core';
import {
  type LedgerDifference,
  type LedgerResolution,
  reconcileLedger,
  type Reconciliation,
  resolveByLedger,
} from '@reservations/core/operations';
import { switchSetting, textSetting } from '../setting-kinds.ts';
import { readSettings, type Setting, type Settings } from '../settings.ts';
import { type CliCommand, type CliContext, EXIT_FAILURE, EXIT_OK } from './command.ts';
import { DB_SETTING, withDatabase } from './database.ts';
import { JSON_SETTING } from './json-setting.ts';
import { type LedgerLine, readLedgerFile } from './ledger-file.ts';
import { noteSetting } from './note-setting.ts';
import { printResolution, resolutionToJson } from './reconcile-resolution.ts';
import { reportFaults } from './report.ts';
import { columns, count, plain } from './text.ts';

interface ReconcileConfig {
  readonly ledger: string | null;
  /** Milliseconds since the epoch. */
  readonly asOf: number | null;
  readonly resolve: boolean;
  readonly actor: string | null;
  readonly db: string;
  readonly json: boolean;
}

/** How much of the export's path stands in the reason of a verdict, in UTF-16 code units. */
const FILE_NAME_LENGTH_MAX = 300;

/** How many faulty lines of an export are told. */
const FAULTS_TOLD_MAX = 20;

/** The settings of `reconcile`. */
export const RECONCILE_SETTINGS: Settings<ReconcileConfig> = {
  ledger: textSetting({
    flag: 'ledger',
    env: null,
    value: 'FILE',
    default: null,
    description: "Export of the payment service's ledger, one JSON object a line",
  }),
  asOf: timeSetting(),
  resolve: switchSetting({
    flag: 'resolve',
    env: null,
    description: 'Also confirm every escalated payment that the export proves to be charged',
  }),
  actor: noteSetting('actor', 'NAME', 'Who resolves; required with --resolve'),
  db: DB_SETTING,
  json: JSON_SETTING,
};

function timeSetting(): Setting<number | null> {
  return {
    flag: 'as-of',
    env: null,
    value: 'TIME',
    default: null,
    description: 'When the export was begun: what was confirmed from then on need not be in it',
    expected: 'a time such as 2026-01-02T03:04:05Z',
    parse(text) {
      const at = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}.*(?:Z|[+-]\d{2}:\d{2})$/.test(text) ? Date.parse(text) : Number.NaN;
      return Number.isNaN(at) ? undefined : at;
    },
  };
}

/** `reconcile`: holds what was reserved against what was charged. */
export const reconcileCommand: CliCommand = {
  name: 'reconcile',
  summary: "compare all reservations with the payment service's ledger",
  usage: 'reconcile --ledger FILE [OPTIONS]',
  about:
    "Compares every reservation with an export of the payment service's ledger, and prints every difference. " +
    'Exit code 0 when there is none but charges of payments that are still open, 1 when there is another, 2 when the ' +
    'export cannot be read.\n\n' +
    'With --resolve it first confirms every escalated payment for which the export has exactly one charge, of the same ' +
    'user, amount and currency; the file and the line become the reason in the stream. All other escalated payments ' +
    'are listed and left to an operator: that a charge is not in the export proves nothing. Payments that settlement ' +
    'works on are not touched, and nothing is sent to the payment service.',
  settings: RECONCILE_SETTINGS,
  async run(args, context) {
    const read = readSettings(RECONCILE_SETTINGS, { args, env: context.env });
    if (read.kind === 'faults') return reportFaults(context, 'reconcile', read.faults);
    const { ledger, asOf, resolve, actor, db, json } = read.values;
    if (ledger === null) return reportFaults(context, 'reconcile', ['--ledger is missing: what should be compared?']);
    if (resolve && actor === null) return reportFaults(context, 'reconcile', ['--actor is missing: who resolves?']);
    if (!resolve && actor !== null) {
      return reportFaults(context, 'reconcile', ['--actor has no effect without --resolve']);
    }
    const { charges, faults } = await readLedgerFile(ledger).catch((error: unknown) => ({
      charges: [],
      faults: [`${ledger} cannot be read: ${error instanceof Error ? error.message : String(error)}`],
    }));
    if (faults.length > 0) return reportFaults(context, 'reconcile', shorten(faults));
    const found = await withDatabase(db, context, async (store) => {
      const resolution = actor === null ? null : await resolveWith(store, { path: ledger, charges, actor });
      const reconciliation = await reconcileLedger(store, charges);
      return { ...reconciliation, ...(await setAside(store, reconciliation.differences, asOf)), resolution };
    });
    if (json) context.print(JSON.stringify(toJson(found)));
    else printText(context, found);
    return found.differences.some(({ kind }) => kind !== 'open-but-charged') ? EXIT_FAILURE : EXIT_OK;
  },
};

function shorten(faults: readonly string[]): readonly string[] {
  if (faults.length <= FAULTS_TOLD_MAX) return faults;
  return [...faults.slice(0, FAULTS_TOLD_MAX), `and ${faults.length - FAULTS_TOLD_MAX} more`];
}

function resolveWith(
  store: ReservationStore,
  by: { readonly path: string; readonly charges: readonly LedgerLine[]; readonly actor: string },
): Promise<LedgerResolution> {
  // The end of a long path says more than its beginning.
  const file = by.path.slice(-FILE_NAME_LENGTH_MAX).toWellFormed();
  const evidence = by.charges.map((charge) => ({ ...charge, source: `${file}, line ${charge.line}` }));
  return resolveByLedger(store, evidence, { actor: by.actor });
}

interface Found extends Reconciliation {
  /** Null when nothing was to be resolved. */
  readonly resolution: LedgerResolution | null;
  /** How many reservations were confirmed too late to be in the export. */
  readonly confirmedLater: number;
}

/** What was confirmed after the export was made is missing from it by nobody's fault. */
async function setAside(
  store: ReservationStore,
  all: readonly LedgerDifference[],
  asOf: number | null,
): Promise<Pick<Found, 'differences' | 'confirmedLater'>> {
  if (asOf === null) return { differences: all, confirmedLater: 0 };
  const differences: LedgerDifference[] = [];
  for (const difference of all) {
    const id = difference.kind === 'confirmed-without-charge' ? parseReservationId(difference.reservationId) : null;
    const reservation = id === null ? null : await store.view.find(id);
    if (reservation === null || Date.parse(reservation.updatedAt) < asOf) differences.push(difference);
  }
  return { differences, confirmedLater: all.length - differences.length };
}

const IN_WORDS: { readonly [Kind in LedgerDifference['kind']]: string } = {
  'charge-without-reservation': 'charged, but there is no such reservation',
  'charged-twice': 'charged more than once',
  'charge-differs': 'charged something else than was reserved',
  'transaction-differs': 'confirmed with a transaction that the ledger does not have',
  'confirmed-without-charge': 'confirmed, but not charged',
  'failed-but-charged': 'failed, but charged',
  'open-but-charged': 'charged, but not settled yet',
};

function printText(context: CliContext, found: Found): void {
  if (found.resolution !== null) printResolution(context, found.resolution);
  const rows = found.differences.map(({ kind, reservationId, detail }) => [
    plain(reservationId),
    IN_WORDS[kind],
    plain(detail),
  ]);
  for (const line of columns(rows)) context.print(line);
  const open = found.differences.filter(({ kind }) => kind === 'open-but-charged').length;
  const faults = found.differences.length - open;
  const compared = `Compared ${count(found.reservations, 'reservation')} with ${count(found.charges, 'charge')}`;
  context.print(`${compared}: ${faults === 0 ? 'they agree.' : `${count(faults, 'difference')}.`}`);
  if (open > 0) {
    context.print(
      `${count(open, 'charge belongs', 'charges belong')} to a payment without a verdict: no fault while settlement or a person is at work (payments open).`,
    );
  }
  if (found.confirmedLater > 0) {
    context.print(`${count(found.confirmedLater, 'reservation was', 'reservations were')} confirmed after the export.`);
  }
}

function toJson({ reservations, charges, differences, confirmedLater, resolution }: Found): object {
  return {
    ...(resolution === null ? {} : resolutionToJson(resolution)),
    reservations,
    charges,
    confirmed_later: confirmedLater,
    differences: differences.map(({ kind, reservationId, detail }) => ({
      kind,
      reservation_id: reservationId,
      detail,
    })),
  };
}
