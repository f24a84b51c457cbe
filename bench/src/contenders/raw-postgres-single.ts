import pg from 'pg';
import { connectToPayments } from '../run/payments.ts';
import type { Contender } from './contender.ts';
import { groupParameters, insertGroup } from './raw-postgres-statements.ts';
import { newId, openingRows } from './raw-rows.ts';
import { POSTGRES_TABLES } from './raw-tables.ts';

const POOL = 10;

/** pg by hand: a statement for each append, one after the other because positions have no gaps. */
export const contender: Contender = {
  async append({ db }, rows) {
    const client = new pg.Client({ connectionString: db });
    await client.connect();
    const { rows: found } = await client.query("select 1 from pg_class where oid = to_regclass('events')");
    if (found.length === 0) await client.query(POSTGRES_TABLES);
    const statement = { name: 'append', text: insertGroup(rows) };
    return {
      once: () => client.query({ ...statement, values: [...groupParameters([openingRows()])] }),
      concurrencyMax: 1,
      close: () => client.end(),
    };
  },
  /** Two commits around the call, and no engine: no order, no queue, and a lost answer is not settled. */
  async reserve({ db, paymentPort }) {
    const pool = new pg.Pool({ connectionString: db, max: POOL });
    await pool.query(
      `create table events (stream text not null, version integer not null, id text not null, type text not null,
        data text not null, metadata text not null, primary key (stream, version))`,
    );
    const payments = connectToPayments(paymentPort);
    const insert = { name: 'insert', text: 'insert into events values ($1, $2, $3, $4, $5, $6)' };
    return {
      async once() {
        const { id, eventId, data, metadata } = openingRows();
        await pool.query({ ...insert, values: [id, 1, eventId, 'RESERVATION_CREATED', data, metadata] });
        const verdict = JSON.stringify({ transactionId: await payments.charge(id) });
        await pool.query({ ...insert, values: [id, 2, newId(), 'RESERVATION_CONFIRMED', verdict, metadata] });
      },
      async close() {
        payments.close();
        await pool.end();
      },
    };
  },
};
