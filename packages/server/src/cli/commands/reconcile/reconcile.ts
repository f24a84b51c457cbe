import { escapeInvisible, type ReservationStore } from '@reservations/core';
import {
  type LedgerDifference,
  type LedgerResolution,
  reconcileLedger,
  type Reconciliation,
  resolveByLedger,
} from '@reservations/core/operations';
import { switchSetting, textSetting } from '../../../config/setting-kinds.ts';
import { notGiven, required, type Setting } from '../../../config/settings.ts';
import type { CliCommand } from '../../command.ts';
import { defineCommand } from '../../define-command.ts';
import { DB_SETTING } from '../../settings/db-setting.ts';
import { JSON_SETTING } from '../../settings/json-setting.ts';
import { noteSetting } from '../../settings/note-setting.ts';
import { columns, count } from '../../text.ts';
import { type LedgerLine, readLedgerFile } from './ledger-file.ts';
import { describeResolution, resolutionToJson } from './reconcile-resolution.ts';

/** How much of the export's path stands in the reason of a verdict, in UTF-16 code units. */
const FILE_NAME_LENGTH_MAX = 300;

/** How many faulty lines of an export are told. */
const FAULTS_TOLD_MAX = 20;

/** When the export was begun, in milliseconds since the epoch. */
const AS_OF_SETTING: Setting<number | null> = {
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

const ACTOR_SETTING = noteSetting('actor', 'NAME', 'Who resolves; required with --resolve');

/** `reconcile`: compares what was reserved with what was charged. */
export const reconcileCommand: CliCommand = defineCommand({
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
  settings: {
    ledger: required(
      textSetting({
        flag: 'ledger',
        env: null,
        value: 'FILE',
        default: null,
        description: "Export of the payment service's ledger, one JSON object a line",
      }),
    ),
    asOf: AS_OF_SETTING,
    resolve: switchSetting({
      flag: 'resolve',
      env: null,
      description: 'Also confirm every escalated payment that the export proves to be charged',
    }),
    actor: ACTOR_SETTING,
    db: DB_SETTING,
    json: JSON_SETTING,
  },
  check: ({ resolve, actor }) => checkActor(resolve, actor),
  async run({ values: { ledger, asOf, actor, db }, withStore }) {
    const { charges, faults } = await readLedgerFile(ledger).catch((error: unknown) => ({
      charges: [],
      faults: [`${ledger} cannot be read: ${error instanceof Error ? error.message : String(error)}`],
    }));
    if (faults.length > 0) return { kind: 'faults', faults: shorten(faults) };
    const found = await withStore(db, async (store) => {
      const resolution = actor === null ? null : await resolveWith(store, { path: ledger, charges, actor });
      return { ...(await reconcileLedger(store, charges, asOf === null ? {} : { asOf })), resolution };
    });
    return {
      kind: 'answer',
      text: toText(found),
      json: toJson(found),
      needsAttention: found.differences.some(({ kind }) => kind !== 'open-but-charged'),
    };
  },
});

/** Undefined settings are wrong by themselves. */
function checkActor(resolve: boolean | undefined, actor: string | null | undefined): readonly string[] {
  if (resolve === true && actor === null) return [notGiven(ACTOR_SETTING)];
  return resolve === false && typeof actor === 'string' ? ['--actor: has no effect without --resolve'] : [];
}

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

function toText(found: Found): readonly string[] {
  const { differences, confirmedLater, resolution } = found;
  const rows = differences.map(({ kind, reservationId, detail }) => [
    escapeInvisible(reservationId),
    IN_WORDS[kind],
    escapeInvisible(detail),
  ]);
  const open = differences.filter(({ kind }) => kind === 'open-but-charged').length;
  const faults = differences.length - open;
  const compared = `Compared ${count(found.reservations, 'reservation')} with ${count(found.charges, 'charge')}`;
  return [
    ...(resolution === null ? [] : describeResolution(resolution)),
    ...columns(rows),
    `${compared}: ${faults === 0 ? 'they agree.' : `${count(faults, 'difference')}.`}`,
    ...(open > 0
      ? [
          `${count(open, 'charge belongs', 'charges belong')} to a payment without a verdict: no fault while settlement or an operator is at work (payments open).`,
        ]
      : []),
    ...(confirmedLater > 0
      ? [`${count(confirmedLater, 'reservation was', 'reservations were')} confirmed after the export.`]
      : []),
  ];
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
