import { describe, expect, test } from 'vitest';
import { createMemoryStore } from '../../src/adapters/memory/index.ts';
import type { StoreContractCase, StoreHarness } from '../../src/testing/event-store-contract/case.ts';
import { reservationStoreContract } from '../../src/testing/event-store-contract/contract.ts';
import type { Sabotage } from './sabotage.ts';
import { sabotages } from './sabotaged-stores.ts';

/** Each message says what was expected and found, or what does not hold, then the calls, then where the promise stands. */
const IN_WORDS =
  /^The store breaks a promise: .*\n(expected  .+\nfound     .+\n|the check that failed: .+\n|a check of the case does not hold: .+\n|the store threw .+\n)[^]*Its last calls were\n(  .+ → .+\n)+The promise: .+"\.$/;

const cases = reservationStoreContract.filter(({ needs }) => needs === 'nothing');

/** What the case says of the bug; null when it does not see it. */
async function messageOf({ run }: StoreContractCase, { plant }: Sabotage): Promise<string | null> {
  const harness: StoreHarness = {
    open: async () => plant(createMemoryStore()),
    reopen: null,
    openBeside: null,
  };
  return await run(harness).then(
    () => null,
    (error: Error) => error.message,
  );
}

describe('the store contract catches it when', () => {
  test.each(sabotages)('$bug', async (sabotage) => {
    const caught: string[] = [];
    for (const contractCase of cases) {
      const message = await messageOf(contractCase, sabotage);
      if (message === null) continue;
      caught.push(contractCase.title);
      expect(message).toMatch(IN_WORDS);
      expect(message).toContain(`The store breaks a promise: ${contractCase.title}.`);
    }
    expect(caught).not.toEqual([]);
    // A bug that breaks everything would prove nothing about single cases.
    expect(caught.length).toBeLessThan(cases.length);
  });
});
