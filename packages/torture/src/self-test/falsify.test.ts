import { expect, test } from 'vitest';
import { findViolations } from '../checks/checks.ts';
import { groupByReservation } from '../evidence/reservation-evidence.ts';
import { FALSIFICATIONS } from './falsifications.ts';
import { falsify } from './falsify.ts';
import { sampleEvidence } from './sample-evidence.ts';

const evidence = await sampleEvidence();

test('good evidence violates no invariant', () => {
  expect(findViolations(evidence)).toEqual([]);
});

test.each(FALSIFICATIONS)('the checks find that $name', ({ apply, violates }) => {
  const violations = findViolations({ ...evidence, ...apply(evidence, groupByReservation(evidence)) });
  expect(violations.map(({ invariant }) => invariant)).toContain(violates);
});

test('a self-test returns what was found', () => {
  expect(falsify(evidence)).toEqual(FALSIFICATIONS.map(({ name }) => ({ name, found: true })));
});

test('empty evidence is refused by a self-test', () => {
  const nothing = { ...evidence, exchanges: [], events: [], view: [], ledger: [], calls: [] };
  expect(() => falsify(nothing)).toThrow('the evidence has no confirmed reservation');
});
