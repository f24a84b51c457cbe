import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type Databases, openStore, type StoreName } from './databases.ts';
import { measure, type Speed } from './measure.ts';
import { openingAppend } from './reservations.ts';
import type { Row } from './table.ts';

/** What one process of several is to do. */
export interface AppendTask {
  readonly db: string;
  readonly concurrency: number;
  readonly ms: number;
}

/** Opens reservations in one database, so many at a time; each is one durable commit of events, view, queue and key. */
export async function appendFrom({ db, concurrency, ms }: AppendTask): Promise<Speed> {
  const store = await openStore(db);
  try {
    return await measure(concurrency, ms, async () => {
      const { kind } = await store.events.append(openingAppend());
      if (kind !== 'appended') throw new Error(`an append ended "${kind}"`);
    });
  } finally {
    await store.close();
  }
}

const CONCURRENCIES = [1, 10, 50, 200];

/** From one process. */
export async function measureAppends(databases: Databases, store: StoreName, ms: number): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const concurrency of CONCURRENCIES) {
    const task = { db: await databases.create(store), concurrency, ms };
    rows.push({ what: `${store}, ${concurrency} at a time`, ...(await inProcess(task)) });
  }
  return rows;
}

const PROCESSES = [1, 2, 3, 4];
const CONCURRENCY_EACH = 50;

/** From several processes on one PostgreSQL database. The latency is that of the slowest of them. */
export async function measureProcesses(databases: Databases, ms: number): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const processes of PROCESSES) {
    const task = { db: await databases.create('postgres'), concurrency: CONCURRENCY_EACH, ms };
    // The tables are there before the processes begin, so that none of them waits for another.
    await (await openStore(task.db)).close();
    const speeds = await Promise.all(Array.from({ length: processes }, () => inProcess(task)));
    rows.push({
      what: `postgres, ${processes} processes, ${CONCURRENCY_EACH} at a time each`,
      perSecond: speeds.reduce((sum, { perSecond }) => sum + perSecond, 0),
      p50Ms: Math.max(...speeds.map(({ p50Ms }) => p50Ms)),
      p99Ms: Math.max(...speeds.map(({ p99Ms }) => p99Ms)),
    });
  }
  return rows;
}

/** In a process of its own: what was measured before leaves no garbage for it. */
async function inProcess(task: AppendTask): Promise<Speed> {
  const child = fork(fileURLToPath(new URL('append-process.ts', import.meta.url)), [JSON.stringify(task)]);
  const ended = once(child, 'exit');
  const [speed] = (await Promise.race([
    once(child, 'message'),
    ended.then(([code]) => Promise.reject(new Error(`a process ended with ${String(code)}`))),
  ])) as [Speed];
  await ended;
  return speed;
}
