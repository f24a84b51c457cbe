// pnpm simulate: runs the real engine in a simulated world. Exits with 1 after a violation.
import { parseArgs } from 'node:util';
import { findBug } from './bugs/bugs.ts';
import type { PlantedBug } from './bugs/planted-bug.ts';
import { describeHistory, describeSwarm, describeCounters, describeViolation } from './run/report.ts';
import { detectBugs, runSeeds } from './run/run-seeds.ts';
import { shrink } from './run/shrink.ts';
import { simulate, type SimulationResult } from './run/simulate.ts';

const SEEDS = 500;

const USAGE = `usage: pnpm simulate [options]
  --seeds N         how many seeds (default ${SEEDS})
  --first-seed S    where to start (default 1; with --minutes a new one)
  --minutes N       as many seeds as fit
  --seed N          one seed, with its whole history
  --bug NAME        with a planted bug
  --bugs            how many seeds each planted bug needs to be found
`;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: String(SEEDS) },
    'first-seed': { type: 'string' },
    minutes: { type: 'string' },
    seed: { type: 'string' },
    bug: { type: 'string' },
    bugs: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

process.exitCode = await main();

async function main(): Promise<number> {
  if (values.help) return print(USAGE, 0);
  const bug = values.bug === undefined ? undefined : findBug(values.bug);
  if (values.bug !== undefined && bug === undefined) return print(`no bug is called "${values.bug}"`, 2);
  const firstSeed = wholeNumber('first-seed', values['first-seed'] ?? defaultFirstSeed());
  if (values.bugs) return await tableOfBugs(firstSeed, wholeNumber('seeds', values.seeds));
  if (values.seed !== undefined) return await oneSeed(wholeNumber('seed', values.seed), bug);
  return await manySeeds(firstSeed, bug);
}

async function manySeeds(firstSeed: number, bug: PlantedBug | undefined): Promise<number> {
  const minutes = values.minutes === undefined ? null : wholeNumber('minutes', values.minutes);
  const seedsMax = minutes === null ? wholeNumber('seeds', values.seeds) : Infinity;
  const endAt = minutes === null ? Infinity : performance.now() + minutes * 60_000;
  const shouldContinue = (seeds: number, failed: number): boolean =>
    failed === 0 && seeds < seedsMax && performance.now() < endAt;
  const { seeds, counters, failed } = await runSeeds({ firstSeed, bug, shouldContinue });
  for (const result of failed) await explain(result, bug);
  print(`seeds ${firstSeed} to ${firstSeed + seeds - 1}`, 0);
  return print(describeCounters(seeds, failed.length, counters), failed.length === 0 ? 0 : 1);
}

async function explain(result: SimulationResult, bug: PlantedBug | undefined): Promise<void> {
  print(`seed ${result.seed}\n${describeSwarm(result.swarm)}`, 0);
  if (result.violation !== null) print(describeViolation(result.violation), 0);
  const shrunk = await shrink(result, bug);
  print(`shrunk: the violation remains without ${shrunk.without.join(', ') || 'anything less'}`, 0);
  print(describeSwarm(shrunk.result.swarm), 0);
  if (shrunk.result.violation !== null) print(describeViolation(shrunk.result.violation), 0);
  print(`${describeHistory(shrunk.result, false)}\n`, 0);
  print(
    `to repeat the whole run: pnpm simulate --seed ${result.seed}${bug === undefined ? '' : ` --bug ${bug.name}`}`,
    0,
  );
}

async function oneSeed(seed: number, bug: PlantedBug | undefined): Promise<number> {
  const result = await simulate(seed, { bug });
  print(`seed ${seed}\n${describeSwarm(result.swarm)}\n${describeHistory(result, true)}`, 0);
  print(`history ${result.history.hash()}`, 0);
  if (result.violation !== null) print(describeViolation(result.violation), 0);
  const violations = result.violation === null ? 0 : 1;
  return print(describeCounters(1, violations, result.counters), violations);
}

async function tableOfBugs(firstSeed: number, seedsMax: number): Promise<number> {
  const detections = await detectBugs(firstSeed, seedsMax);
  for (const { bug, afterSeeds, found } of detections) {
    const how = afterSeeds === null ? `not found in ${seedsMax} seeds` : `seed ${afterSeeds}, by ${found?.number}`;
    print(`${bug.name.padEnd(30)} ${how.padEnd(22)} ${bug.mistake}`, 0);
  }
  return detections.every(({ afterSeeds }) => afterSeeds !== null) ? 0 : 1;
}

function defaultFirstSeed(): string {
  return values.minutes === undefined ? '1' : String(Math.floor(Date.now() / 1_000) * SEEDS);
}

function wholeNumber(option: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new TypeError(`--${option} expects a whole number, got ${JSON.stringify(text)}`);
}

function print(text: string, exitCode: number): number {
  process.stdout.write(`${text}\n`);
  return exitCode;
}
