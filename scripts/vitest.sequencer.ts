import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Files whose tests wait longest, for processes, leases and disks. Each takes as long as 20 others, so that one that starts
 * late is the last to end, alone.
 */
const LONGEST = [
  'packages/torture/src/run/torture.test.ts',
  'packages/server/src/compose/postgres-gone.test.ts',
  'packages/torture/src/run/torture-postgres.test.ts',
  'packages/core/src/adapters/postgres/open/store-watch.test.ts',
  'packages/core/src/testing/event-store-contract/postgres.test.ts',
  'packages/server/src/compose/beside-server.test.ts',
  'packages/simulator/src/run/simulator.test.ts',
  'packages/core/src/testing/event-store-contract/contract.test.ts',
  'packages/core/src/adapters/postgres/pooler.test.ts',
  'packages/server/src/cli/process/stop-signal-process.test.ts',
  'packages/server/src/compose/idle-payments.test.ts',
];

/** Begins with the longest files, on a clone without a cache of durations too; the others follow in vitest's own order. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const rank = new Map(LONGEST.map((file, index) => [file, index]));
    const rankOf = (file: TestSpecification) =>
      rank.get(file.moduleId.slice(this.ctx.config.root.length + 1)) ?? Infinity;
    const long = sorted.filter((file) => rankOf(file) < Infinity).toSorted((a, b) => rankOf(a) - rankOf(b));
    return [...long, ...sorted.filter((file) => rankOf(file) === Infinity)];
  }
}
