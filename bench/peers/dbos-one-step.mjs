import { DBOS } from '@dbos-inc/dbos-sdk';
import { dbosContender } from './dbos.mjs';

/** The least that DBOS needs: the workflow is the reservation, its only step the charge. */
export const contender = dbosContender((charge) =>
  DBOS.registerWorkflow(async (id) => await DBOS.runStep(() => charge(id), { name: 'charge' }), { name: 'reserve' }),
);
