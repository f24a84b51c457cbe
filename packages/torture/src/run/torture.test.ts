import { test } from 'vitest';
import { describeViolations, figuresOf, tableOf } from './report.ts';
import { FAILPOINTS } from '../processes/failpoints.ts';
import { torture } from './torture.ts';
import { makeWorkFolder } from '../support/work-folder.ts';

/** Workload and faults; the run goes on until every failpoint was hit and every fault performed, and then heals. */
const DURATION_MS = 6_000;

const TEST_TIMEOUT_MS = 600_000;

test.concurrent.for([
  ['by-reservation-id', 'pending'],
  ['none', 'pending'],
  ['by-reservation-id', 'failed'],
] as const)(
  'no invariant is violated under kills, pauses and restarts with payment idempotency %s, unknown outcome %s',
  { timeout: TEST_TIMEOUT_MS },
  async ([paymentIdempotency, answerUnknownAs], { expect }) => {
    const seed = Math.floor(Math.random() * 2 ** 32);
    const folder = await makeWorkFolder();
    const modes = { paymentIdempotency, answerUnknownAs };
    const settings = { store: 'sqlite', ...modes, durationMs: DURATION_MS, only: null, seed } as const;
    const outcome = await torture(settings, folder.path, () => undefined);
    process.stdout.write(
      `payment idempotency ${paymentIdempotency}, ${answerUnknownAs}, seed ${seed}\n${tableOf(outcome)}\n\n`,
    );

    // The folder stays when something is wrong.
    expect(outcome.violations, `files in ${folder.path}\n${describeViolations(outcome)}`).toEqual([]);
    const { requests, kills, charges, unknown, unknownThen } = figuresOf(outcome);
    expect([...outcome.failpointHits.keys()].sort()).toEqual([...FAILPOINTS].sort());
    const { escalated } = unknownThen;
    const unknowns = answerUnknownAs === 'failed' ? escalated + unknownThen.confirmed : unknown;
    expect({ requests, kills, charges, unknown: unknowns }).toEqual({
      requests: expect.toSatisfy((count: number) => count > 100),
      kills: expect.toSatisfy((count: number) => count >= FAILPOINTS.length),
      charges: expect.toSatisfy(isSome),
      unknown: expect.toSatisfy(isSome),
    });
    expect(paymentIdempotency === 'none' ? unknownThen.escalated : unknownThen.confirmed).toSatisfy(isSome);
    expect(outcome.counters.sandboxKills).toSatisfy(isSome);
    await folder.remove();
  },
);

function isSome(count: number): boolean {
  return count > 0;
}
