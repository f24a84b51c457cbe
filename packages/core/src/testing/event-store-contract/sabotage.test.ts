import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../adapters/memory/index.ts';
import type { StoreContractCase, StoreHarness } from './case.ts';
import { reservationStoreContract } from './contract.ts';
import type { Sabotage } from './sabotage.ts';
import { sabotages } from './sabotaged-stores.ts';

const cases = reservationStoreContract.filter(({ needs }) => needs === 'nothing');

async function isCaughtBy({ run }: StoreContractCase, { plant }: Sabotage): Promise<boolean> {
  const harness: StoreHarness = {
    open: async () => plant(createMemoryStore()),
    reopen: null,
    openBeside: null,
  };
  return await run(harness).then(
    () => false,
    () => true,
  );
}

describe('the store contract catches it when', () => {
  it.each(sabotages)('$bug', async (sabotage) => {
    const caught: string[] = [];
    for (const contractCase of cases) {
      if (await isCaughtBy(contractCase, sabotage)) caught.push(contractCase.title);
    }
    expect(caught).not.toEqual([]);
    // A bug that breaks everything would prove nothing about single cases.
    expect(caught.length).toBeLessThan(cases.length);
  });
});
