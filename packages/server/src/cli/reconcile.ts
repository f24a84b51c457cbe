import {
  type LedgerDifference,
  parseReservationId,
  reconcileLedger,
  type Reconciliation,
  type ReservationStore,
} from '@reservations/core';
import { textSetting } from '../setting-kinds.ts';
import { describeSettings, readSettings, type Setting, type Settings } from '../settings.ts';
import { type CliCommand, type CliContext, EXIT_FAILURE, EXIT_OK, PROGRAM, reportFaults } from './command.ts';
import { DB_SETTING, withDatabase } from './database.ts';
import { JSON_SETTING } from './json-setting.ts';
import { readLedgerFile } from './ledger-file.ts';
import { columns, count, plain } from './text.ts';

interface ReconcileConfig {
  readonly ledger: string | null;
  /** Milliseconds since the epoch. */
  readonly asOf: number | null;
  readonly db: string;
  readonly json: boolean;
}

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
  help: () =>
    [
      `Usage: ${PROGRAM} reconcile --ledger FILE [OPTIONS]`,
      '',
      "Compares every reservation with an export of the payment service's ledger, and prints every difference.",
      'Exit code 0 when there is none but charges of payments that are still open, 1 when there is another, 2 when the',
      'export cannot be read.',
      '',
      'Options:',
      describeSettings(RECONCILE_SETTINGS),
    ].join('\n'),
  async run(args, context) {
    const read = readSettings(RECONCILE_SETTINGS, { args, env: context.env });
    if (read.kind === 'faults') return reportFaults(context, 'reconcile', read.faults);
    const { ledger, asOf, db, json } = read.values;
    if (ledger === null) return reportFaults(context, 'reconcile', ['--ledger is missing: what should be compared?']);
    const { charges, faults } = await readLedgerFile(ledger).catch((error: unknown) => ({
      charges: [],
      faults: [`${ledger} cannot be read: ${error instanceof Error ? error.message : String(error)}`],
    }));
    if (faults.length > 0) return reportFaults(context, 'reconcile', shorten(faults));
    const found = await withDatabase(db, context, async (store) => {
      const reconciliation = await reconcileLedger(store, charges);
      return { ...reconciliation, ...(await setAside(store, reconciliation.differences, asOf)) };
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

interface Found extends Reconciliation {
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

function toJson({ reservations, charges, differences, confirmedLater }: Found): object {
  return {
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
