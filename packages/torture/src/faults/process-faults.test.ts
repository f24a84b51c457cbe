import { expect, test } from 'vitest';
import type { Fault } from './fault.ts';
import { faultsFor, type Targets } from './process-faults.ts';

const flood: Fault = { name: 'flood the database', weight: 1, fromMs: 60_000, perform: () => Promise.resolve() };
const targets = { servers: [], sandbox: {} as Targets['sandbox'], secondServer: null, databaseFaults: [flood] };
const namesFor = (durationMs: number, only: readonly string[] | null): readonly string[] =>
  faultsFor(targets, { durationMs, only }).map(({ name }) => name);

test('a run performs the faults for which it is long enough', () => {
  expect(namesFor(60_000, null)).toContain('flood the database');
  expect(namesFor(59_999, null)).not.toContain('flood the database');
});

test('a run with named faults performs these alone, however short it is', () => {
  expect(namesFor(0, ['flood the database', 'kill a server'])).toEqual(['flood the database', 'kill a server']);
});

test('an unknown fault is refused, with the names of the known ones', () => {
  expect(() => namesFor(0, ['flod'])).toThrow(/no fault is named "flod"; there are: kill a server, .*flood/);
});
