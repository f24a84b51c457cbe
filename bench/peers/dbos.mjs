import { DBOS } from '@dbos-inc/dbos-sdk';
import { newId } from '../src/contenders/raw-rows.ts';
import { connectToPayments } from '../src/run/payments.ts';

/** A contender that makes a reservation by a workflow, which `register` builds around the call. */
export function dbosContender(register) {
  return {
    async reserve({ db, paymentPort }) {
      const payments = connectToPayments(paymentPort);
      const workflow = register((id) => payments.charge(id));
      DBOS.setConfig({ name: 'bench', systemDatabaseUrl: db, logLevel: 'error', runAdminServer: false });
      await DBOS.launch();
      return {
        async once() {
          const id = `RES-${newId()}`;
          const handle = await DBOS.startWorkflow(workflow, { workflowID: id })(id);
          await handle.getResult();
        },
        async close() {
          await DBOS.shutdown();
          payments.close();
        },
      };
    },
  };
}
