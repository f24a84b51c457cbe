import { afterAll, describe, expect, test } from 'vitest';
import { PLANTED_BUGS } from '../bugs/bugs.ts';
import { describeHistory, describeSwarm, describeCounters, describeViolation } from './report.ts';
import { runSeeds } from './run-seeds.ts';
import { shrink } from './shrink.ts';
import { simulate } from './simulate.ts';

/** Seeds that every change has to pass. Every planted bug must be found within as many. */
const SEEDS = 600;

const TIMEOUT_MS = 240_000;

describe('the simulator', () => {
  test(
    `finds no violation in ${SEEDS} seeds`,
    async () => {
      const { seeds, counters, failed } = await runSeeds({ firstSeed: 1, shouldContinue: (seeds) => seeds < SEEDS });
      process.stdout.write(`simulator: ${describeCounters(seeds, failed.length, counters)}\n`);
      const violations = failed.map(({ seed, violation }) => ({ seed, violation }));
      expect(violations).toEqual([]);
    },
    TIMEOUT_MS,
  );

  test('repeats a run from its seed, event by event', async () => {
    const [first, second, other] = [await simulate(7), await simulate(7), await simulate(8)];
    expect(second.history.entries).toEqual(first.history.entries);
    expect(second.history.hash()).toBe(first.history.hash());
    expect(other.history.hash()).not.toBe(first.history.hash());
  });

  test('covers both payment idempotency modes, every result of an append and every end of an unknown outcome', async () => {
    const modes = new Set<string>();
    const ends = new Set<string>();
    const appends = new Set<string>();
    for (let seed = 1; seed <= 100; seed += 1) {
      const { swarm, counters, history } = await simulate(seed);
      modes.add(swarm.mode);
      if (counters.unknownConfirmed > 0) ends.add('confirmed');
      if (counters.unknownFailed > 0) ends.add('failed');
      if (counters.unknownEscalated > 0) ends.add('escalated');
      for (const { source, what } of history.entries)
        if (source === 'database') appends.add(what.split(': ').at(-1) ?? '');
    }
    expect({ modes, ends, appends }).toEqual({
      modes: new Set(['by-reservation-id', 'none']),
      ends: new Set(['confirmed', 'failed', 'escalated']),
      appends: new Set(['appended', 'appended before', 'conflict', 'key-taken', 'lease-lost']),
    });
  });

  test('leaves timers, time and randomness outside of a run as they are', async () => {
    const before = Date.now();
    await simulate(1);
    expect(Math.abs(Date.now() - before)).toBeLessThan(TIMEOUT_MS);
    await new Promise((resolve) => {
      setTimeout(resolve, 1);
    });
  });
});

describe('a planted bug', () => {
  const table: string[] = [];
  afterAll(() => {
    process.stdout.write(`planted bugs and the seed that shows them:\n${table.join('\n')}\n`);
  });

  test.each(PLANTED_BUGS.map((bug) => ({ bug, name: bug.name })))(
    '$name is found',
    async ({ bug }) => {
      const shouldContinue = (seeds: number, failed: number): boolean => failed === 0 && seeds < SEEDS;
      const { seeds, failed } = await runSeeds({ firstSeed: 1, bug, shouldContinue });
      const number = failed[0]?.violation?.number;
      table.push(`  ${bug.name.padEnd(30)} ${String(seeds).padStart(3)}, by invariant ${number}`);
      expect(failed).toHaveLength(1);
    },
    TIMEOUT_MS,
  );

  test('is explained by a shrunk run with a readable history', async () => {
    const bug = PLANTED_BUGS.find(({ name }) => name === 'failed-on-timeout');
    const { failed } = await runSeeds({ firstSeed: 1, bug, shouldContinue: (_, failed) => failed === 0 });
    const [first] = failed;
    if (first === undefined) throw new Error('the bug was not found');
    const { result, without } = await shrink(first, bug);
    expect(without.length).toBeGreaterThan(0);
    expect(result.violation?.number).toBe(first.violation?.number);
    const about = result.violation?.about ?? '';
    const shown = describeHistory(result, false);
    expect(shown).toContain(`RESERVATION_FAILED`);
    expect(shown).toContain(about);
    expect(describeSwarm(result.swarm).length).toBeLessThanOrEqual(describeSwarm(first.swarm).length);
    expect(result.violation === null ? '' : describeViolation(result.violation)).toContain('violated: ');
  });
});
