import { expect, test } from 'vitest';
import { findViolations } from '../checks/all.ts';
import { groupByReservation } from '../evidence/reservation-evidence.ts';
import { FALSIFICATIONS } from './falsifications.ts';
import { falsify } from './falsify.ts';
import { sampleEvidence } from './sample-evidence.ts';

const evidence = await sampleEvidence();

test('good evidence breaks no invariant', () => {
  expect(findViolations(evidence)).toEqual([]);
});

test.each(FALSIFICATIONS)('it is noticed when $name', ({ apply, breaks }) => {
  const violations = findViolations({ ...evidence, ...apply(evidence, groupByReservation(evidence)) });
  expect(violations.map(({ invariant }) => invariant)).toContain(breaks);
});

test('a self-test tells what was noticed', () => {
  expect(falsify(evidence)).toEqual(FALSIFICATIONS.map(({ name }) => ({ name, noticed: true })));
});

test('evidence of nothing is too little for a self-test', () => {
  const nothing = { ...evidence, exchanges: [], events: [], view: [], ledger: [], calls: [] };
  expect(() => falsify(nothing)).toThrow('the evidence has no confirmed reservation');
});
