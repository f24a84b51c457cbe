import { test } from 'vitest';
import { describeViolations, figuresOf, tableOf } from './report.ts';
import { torture } from './torture.ts';
import { makeWorkFolder } from '../support/work-folder.ts';

const TEST_TIMEOUT_MS = 600_000;

/** One fault of each kind, one after the other; then the run heals. Everything else is for longer runs. */
const RUNS = [
  {
    store: 'postgres',
    paymentIdempotency: 'none',
    answerUnknownAs: 'failed',
    only: ['kill the database', 'kill a server', 'cut all connections to the database', 'pause a server'],
  },
  {
    store: 'postgres-ha',
    paymentIdempotency: 'by-reservation-id',
    answerUnknownAs: 'pending',
    only: ['fail over while the standbys lag behind', 'kill a server'],
  },
] as const;

test.concurrent.for(RUNS)(
  'no invariant is violated on $store under kills of servers and database, with payment idempotency $paymentIdempotency',
  { timeout: TEST_TIMEOUT_MS },
  async (run, { expect }) => {
    const seed = Math.floor(Math.random() * 2 ** 32);
    const folder = await makeWorkFolder();
    const outcome = await torture({ ...run, durationMs: 0, seed }, folder.path, () => undefined);
    process.stdout.write(`store ${run.store}, seed ${seed}\n${tableOf(outcome)}\n\n`);

    // The folder stays when something is wrong.
    expect(outcome.violations, `files in ${folder.path}\n${describeViolations(outcome)}`).toEqual([]);
    const { requests, charges, readsElsewhere } = figuresOf(outcome);
    const isSome = expect.toSatisfy((count: number) => count > 0);
    expect({ requests, charges, readsElsewhere }).toEqual({
      requests: isSome,
      charges: isSome,
      readsElsewhere: isSome,
    });
    expect(outcome.counters.faults).toEqual(new Map(run.only.map((name) => [name, expect.any(Number)])));
    await folder.remove();
  },
);

test.concurrent(
  'the loss of acknowledged commits by asynchronous replication is found, and a server reports it',
  { timeout: TEST_TIMEOUT_MS },
  async ({ expect }) => {
    const seed = Math.floor(Math.random() * 2 ** 32);
    const folder = await makeWorkFolder();
    const only = ['fail over while the standbys lag behind'];
    const modes = { paymentIdempotency: 'by-reservation-id', answerUnknownAs: 'pending' } as const;
    const settings = { store: 'postgres-ha-async', ...modes, only } as const;
    const { violations } = await torture({ ...settings, durationMs: 0, seed }, folder.path, () => undefined);
    expect(violations.map(({ invariant }) => invariant)).toContain('7 what was acknowledged is there');
    const alarms = violations.filter(({ invariant }) => invariant === 'the database keeps every event');
    const alarm = expect.stringContaining('"store_alarm":"log-lost-its-end"') as string;
    expect(alarms.map(({ detail }) => detail)).toContainEqual(alarm);
    await folder.remove();
  },
);
