import type { AppendRequest } from '@reservations/core/ports';
import { type Databases, openStore } from './databases.ts';
import { measure, recorder } from './measure.ts';
import { closingAppend, openingAppend } from './reservations.ts';
import type { Row } from './table.ts';

const MANY = 50;
const BACKLOG = 20_000;
const BACKLOG_AT_A_TIME = 500;
const TAKES = 50;
const TAKEN_AT_A_TIME = 10;
const LEASE_MS = 20_000;

/**
 * Whole lives of reservations on PostgreSQL, each two appends, after which the payment queue is empty again: many at a
 * time, one at a time, many again, with statistics that were gathered while the queue was empty; then the same beside
 * a backlog of open payments. The rates of one database should stay the same.
 */
export async function measureSteadiness(databases: Databases, ms: number): Promise<readonly Row[]> {
  const db = await databases.create('postgres');
  const store = await openStore(db);
  const append = async (request: AppendRequest): Promise<void> => {
    const { kind } = await store.events.append(request);
    if (kind !== 'appended') throw new Error(`an append ended "${kind}"`);
  };
  async function live(): Promise<void> {
    const opening = openingAppend();
    await append(opening);
    await append(closingAppend(opening));
  }
  const rows: Row[] = [];
  async function phase(what: string, concurrency: number): Promise<void> {
    const { perSecond, ...rest } = await measure(concurrency, ms, live);
    rows.push({ what: `postgres, ${what}, appends`, perSecond: 2 * perSecond, ...rest });
  }
  try {
    await phase(`${MANY} at a time, first`, MANY);
    await databases.analyze(db);
    await phase('1 at a time', 1);
    await databases.analyze(db);
    await phase(`${MANY} at a time, again`, MANY);
    await databases.analyze(db);
    for (let made = 0; made < BACKLOG; made += BACKLOG_AT_A_TIME) {
      await Promise.all(Array.from({ length: BACKLOG_AT_A_TIME }, () => append(openingAppend())));
    }
    await phase(`${MANY} at a time, beside ${BACKLOG.toLocaleString('en')} open payments`, MANY);
    const takes = recorder();
    const began = performance.now();
    for (let n = 0; n < TAKES; n += 1) {
      const takeBegan = performance.now();
      // All leases of the backlog have ended by then.
      const now = Date.now() + 10 * LEASE_MS;
      const lease = { owner: `worker ${n}`, now, leaseUntil: now + LEASE_MS };
      const taken = await store.work.take({ kind: 'charge', ...lease, limit: TAKEN_AT_A_TIME });
      if (taken.length !== TAKEN_AT_A_TIME) throw new Error(`${taken.length} payments were taken`);
      takes.add(performance.now() - takeBegan);
    }
    rows.push({ what: `postgres, leasing ${TAKEN_AT_A_TIME} of them`, ...takes.speed(performance.now() - began) });
    return rows;
  } finally {
    await store.close();
  }
}
