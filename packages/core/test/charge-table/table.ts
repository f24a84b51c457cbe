import type { GiveUp } from '../../src/application/payments/charge-reservation.ts';
import { cellList, tableWith } from '../markdown.ts';

/** Values of the columns that a row is chosen by. The first table maps a run to a finding, the second to its effects. */
export const RUNS = ['request', 'settlement'] as const;
export const ATTEMPTS = ['approved', 'other charge', 'declined', 'refused', 'not-sent', 'unknown'] as const;
export const GIVE_UPS = ['never', 'if-reached', 'always'] as const satisfies readonly GiveUp[];
export const FINDINGS = [...ATTEMPTS, 'given up'] as const;
export const STAGES = [
  'processing',
  'unresolved',
  'unresolved told failed',
  'escalated',
  'escalated told failed',
  'escalated charge found',
  'confirmed',
  'failed',
] as const;
export const LEASES = ['held', 'lost'] as const;
export const ANSWERS = ['pending', 'failed'] as const;
export const KEYS = ['yes', 'no'] as const;

export type Run = (typeof RUNS)[number];
export type Attempt = (typeof ATTEMPTS)[number];
export type Finding = (typeof FINDINGS)[number];
export type Stage = (typeof STAGES)[number];
export type Lease = (typeof LEASES)[number];
export type Answer = (typeof ANSWERS)[number];
export type Key = (typeof KEYS)[number];

/** One run, before it is classified. */
export interface RunCase {
  readonly run: Run;
  readonly attempt: Attempt;
  readonly giveUp: GiveUp;
}

/** One situation that a finding meets. */
export interface EffectCase {
  readonly finding: Finding;
  readonly stage: Stage;
  readonly lease: Lease;
  readonly answer: Answer;
  readonly key: Key;
}

/** What a run leaves behind, in the words of the table. */
export interface Effects {
  readonly events: readonly string[];
  readonly queue: string;
  readonly key: string;
  readonly observations: readonly string[];
  readonly answer: string;
}

/** Looks cases up in the two tables. Both throw when a case stands in no row, or in more than one. */
export interface ChargeTable {
  findingOf(run: RunCase): Finding;
  effectsOf(situation: EffectCase): Effects;
  /** Rows that no case has been looked up in. */
  unused(): readonly string[];
}

/** Reads the tables of the page on architecture. @throws {Error} for a value that its column does not have. */
export function readChargeTable(page: string): ChargeTable {
  const findings = rowsOf(tableWith(page, 'run', 'attempt', 'give up'), [RUNS, ATTEMPTS, GIVE_UPS]);
  const effects = rowsOf(tableWith(page, 'finding', 'stage', 'lease'), [FINDINGS, STAGES, LEASES, ANSWERS, KEYS]);
  const used = new Set<Row>();
  return {
    findingOf({ run, attempt, giveUp }) {
      const [finding = ''] = onlyRow(findings, [run, attempt, giveUp], used).rest;
      return checked(FINDINGS, finding === '=' ? attempt : finding);
    },
    effectsOf({ finding, stage, lease, answer, key }) {
      const row = onlyRow(effects, [finding, stage, lease, answer, key], used);
      const [events = '', queue = '', keyAfter = '', observation = '', after = ''] = row.rest;
      return {
        events: cellList(events),
        queue,
        key: keyAfter,
        observations: cellList(observation),
        answer: after === '=' ? (stage.split(' ')[0] ?? '') : after,
      };
    },
    unused: () => [...findings, ...effects].filter((row) => !used.has(row)).map(({ text }) => text),
  };
}

interface Row {
  readonly text: string;
  readonly conditions: readonly ReadonlySet<string>[];
  readonly rest: readonly string[];
}

function rowsOf(table: readonly (readonly string[])[], columns: readonly (readonly string[])[]): readonly Row[] {
  return table.map((cells) => ({
    text: cells.join(' | '),
    conditions: columns.map((values, index) => {
      const cell = cells[index] ?? '';
      return new Set(cell === '*' ? values : cellList(cell).map((value) => checked(values, value)));
    }),
    rest: cells.slice(columns.length),
  }));
}

function onlyRow(rows: readonly Row[], values: readonly string[], used: Set<Row>): Row {
  const [row, second] = rows.filter(({ conditions }) => values.every((value, index) => conditions[index]?.has(value)));
  if (row === undefined) throw new Error(`no row for ${values.join(', ')}`);
  if (second !== undefined) throw new Error(`two rows for ${values.join(', ')}:\n${row.text}\n${second.text}`);
  used.add(row);
  return row;
}

function checked<Value extends string>(values: readonly Value[], value: string): Value {
  const known = values.find((candidate) => candidate === value);
  if (known === undefined) throw new Error(`"${value}" is none of ${values.join(', ')}`);
  return known;
}
