import { DBOS } from '@dbos-inc/dbos-sdk';
import { dbosContender } from './dbos.mjs';

/** Created, charged and confirmed are steps, so that each is on record by itself, as two events are elsewhere. */
export const contender = dbosContender((charge) =>
  DBOS.registerWorkflow(
    async (id) => {
      const created = { id, userId: 'user_1', amountMinor: 1_050, currency: 'EUR' };
      await DBOS.runStep(() => Promise.resolve(created), { name: 'created' });
      const transactionId = await DBOS.runStep(() => charge(id), { name: 'charge' });
      await DBOS.runStep(() => Promise.resolve({ ...created, transactionId }), { name: 'confirmed' });
      return transactionId;
    },
    { name: 'reserve' },
  ),
);
