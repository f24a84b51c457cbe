import { setTimeout as pause } from 'node:timers/promises';
import { startPayments } from '../run/servers.ts';
import { residentMib } from '../run/usage.ts';
import { need, type Suite } from './suite.ts';

const IDLE_MS = 1_000;
const POLL_MS = 2;
const LIMIT_MS = 30_000;

/** From nothing to ready, on an empty database. */
export const start: Suite = {
  title: 'Start and memory',
  operation: 'start of a server',
  contenders: ['ours-sqlite', 'ours-postgres', 'bare-koa', 'fastapi-old', 'fastapi-well'],
  cases: { start: 'a new process, an empty database' },
  byDefault: true,
  async measure(contender, task, report) {
    const payments = await startPayments(0);
    const began = performance.now();
    const server = await need(contender.serve, task)({ ...task.place, paymentPort: payments.port });
    try {
      await untilReady(server.url);
      const readyMs = performance.now() - began;
      await pause(IDLE_MS);
      const idleMib = await residentMib(server.pids);
      report('start', { readyMs, ...(idleMib === null ? {} : { idleMib }) });
    } finally {
      await server.stop();
      await payments.stop();
    }
  },
};

async function untilReady(url: string): Promise<void> {
  const until = performance.now() + LIMIT_MS;
  while (!(await isReady(url))) {
    if (performance.now() > until) throw new Error(`${url} was not ready within ${LIMIT_MS} ms`);
    await pause(POLL_MS);
  }
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/health/ready`)).ok;
  } catch {
    return false;
  }
}
