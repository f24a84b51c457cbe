import { connectToPayments } from '../run/payments.ts';
import type { Contender } from './contender.ts';
import { openRawSqlite } from './raw-sqlite-database.ts';
import { openingRows } from './raw-rows.ts';

/** better-sqlite3 by hand: a transaction for each append. */
export const contender: Contender = {
  append({ db }, rows) {
    const { database, insert } = openRawSqlite(db);
    const once = database.transaction(() => insert(openingRows(), rows)).immediate;
    return Promise.resolve({
      once: () => Promise.resolve(once()),
      concurrencyMax: 1,
      close: () => Promise.resolve(void database.close()),
    });
  },
  /** Two commits around the call, and no engine: a lost answer is not settled, a repeated request is charged again. */
  reserve({ db, paymentPort }) {
    const { database, insert, insertVerdict } = openRawSqlite(db);
    const payments = connectToPayments(paymentPort);
    return Promise.resolve({
      async once() {
        const values = openingRows();
        insert(values, 'events');
        insertVerdict(values, await payments.charge(values.id));
      },
      close() {
        payments.close();
        database.close();
        return Promise.resolve();
      },
    });
  },
};
