import { describe, expect, test } from 'vitest';
import type { PaymentOutcome } from '../../src/domain/payment-outcome.ts';
import type { SummaryStage } from '../../src/domain/reservation/summary.ts';
import type { GiveUp } from '../../src/application/payments/charge-reservation.ts';
import { readText } from '../architecture/workspace.ts';
import { playScene, type Scene } from './scene.ts';
import {
  ANSWERS,
  type Attempt,
  ATTEMPTS,
  FINDINGS,
  GIVE_UPS,
  KEYS,
  LEASES,
  type Lease,
  readChargeTable,
  RUNS,
  type Stage,
  STAGES,
} from './table.ts';

const page = readText('docs/ARCHITECTURE.md');
const table = readChargeTable(page);

const KNOWS = ['the stream as it is', 'the first event'] as const;

/** Once a payment is escalated or settled it is out of the queue, so that no run has its lease. */
function exists({ stage, lease }: { readonly stage: Stage; readonly lease: Lease }): boolean {
  return lease === 'lost' || stage === 'processing' || stage.startsWith('unresolved');
}

/** Only where a transaction is known can a charge be another one. */
function knowsCharge(stage: Stage): boolean {
  return stage === 'escalated charge found' || stage === 'confirmed';
}

const scenes: readonly Scene[] = RUNS.flatMap((run) =>
  ATTEMPTS.flatMap((attempt) =>
    STAGES.filter((stage) => attempt !== 'other charge' || knowsCharge(stage)).flatMap((stage) =>
      LEASES.filter((lease) => exists({ stage, lease })).flatMap((lease) => {
        const knowledge = stage === 'processing' ? [KNOWS[0]] : KNOWS;
        const base = { run, attempt, stage, lease } as const;
        // Settlement answers no caller, and has no key; a request never gives up.
        if (run === 'settlement') {
          return GIVE_UPS.flatMap((giveUp) =>
            knowledge.map((knows): Scene => ({ ...base, giveUp, answer: 'pending', key: 'no', knows })),
          );
        }
        return ANSWERS.flatMap((answer) =>
          KEYS.flatMap((key) => knowledge.map((knows): Scene => ({ ...base, giveUp: 'never', answer, key, knows }))),
        );
      }),
    ),
  ),
);

describe.each(RUNS)('every run of a %s ends as the table of the page on architecture says', (run) => {
  test.each(ATTEMPTS)('%s', async (attempt) => {
    const played = scenes.filter((scene) => scene.run === run && scene.attempt === attempt);
    expect(played).not.toEqual([]);
    for (const scene of played) {
      const expected = table.effectsOf({ ...scene, finding: table.findingOf(scene) });
      expect({ scene, ...(await playScene(scene)) }).toEqual({ scene, ...expected });
    }
  });
});

/** Complete by their types: a new outcome, stage or policy has to be put into the table. */
const ATTEMPTS_BY_OUTCOME: Readonly<Record<PaymentOutcome['kind'], readonly Attempt[]>> = {
  approved: ['approved', 'other charge'],
  declined: ['declined'],
  refused: ['refused'],
  'not-sent': ['not-sent'],
  unknown: ['unknown'],
};
const STAGES_BY_STAGE: Readonly<Record<SummaryStage, readonly Stage[]>> = {
  processing: ['processing'],
  unresolved: ['unresolved', 'unresolved told failed'],
  escalated: ['escalated', 'escalated told failed', 'escalated charge found'],
  confirmed: ['confirmed'],
  failed: ['failed'],
};
const GIVE_UPS_BY_POLICY: Readonly<Record<GiveUp, GiveUp>> = {
  never: 'never',
  'if-reached': 'if-reached',
  always: 'always',
};

test('the values of the columns are all that the types have', () => {
  expect(Object.values(ATTEMPTS_BY_OUTCOME).flat()).toEqual([...ATTEMPTS]);
  expect(Object.values(STAGES_BY_STAGE).flat()).toEqual([...STAGES]);
  expect(Object.values(GIVE_UPS_BY_POLICY)).toEqual([...GIVE_UPS]);
});

test('every combination stands in exactly one row, and every row stands for one', () => {
  const looked = readChargeTable(page);
  for (const attempt of ATTEMPTS) {
    looked.findingOf({ run: 'request', attempt, giveUp: 'never' });
    for (const giveUp of GIVE_UPS) looked.findingOf({ run: 'settlement', attempt, giveUp });
  }
  for (const finding of FINDINGS) {
    for (const stage of STAGES.filter((one) => finding !== 'other charge' || knowsCharge(one))) {
      for (const lease of LEASES.filter((one) => exists({ stage, lease: one }))) {
        for (const answer of ANSWERS) {
          for (const key of KEYS) looked.effectsOf({ finding, stage, lease, answer, key });
        }
      }
    }
  }
  expect(looked.unused()).toEqual([]);
});

test('a row that is missing, one that stands twice and an unknown word are found', () => {
  const header = '| run | attempt | give up | finding |\n|---|---|---|---|\n';
  const effects = '\n| finding | stage | lease | unknown as | key |\n|---|---|---|---|---|\n';
  const read = (rows: string): ReturnType<typeof readChargeTable> => readChargeTable(header + rows + effects);
  const run = { run: 'request', attempt: 'approved', giveUp: 'never' } as const;
  const row = '| request | approved | * | = |\n';
  expect(read(row).findingOf(run)).toBe('approved');
  expect(() => read('').findingOf(run)).toThrow('no row for request, approved, never');
  expect(() => read(`${row}| * | approved, declined | never | unknown |\n`).findingOf(run)).toThrow('two rows for');
  expect(() => read('| request | aproved | * | = |\n')).toThrow('"aproved" is none of');
});
