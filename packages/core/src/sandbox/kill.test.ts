import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { credentials } from '@grpc/grpc-js';
import { expect, test } from 'vitest';
import { PaymentServiceStub } from '../proto/payment-service.ts';
import { exampleId } from '../testing/builders.ts';
import { startSandboxPaymentService } from './sandbox-payment-service.ts';

const FLAGS = ['--conditions=@reservations/source', '--input-type=module-typescript', '--eval'];

/** A sandbox in a process of its own; resolves with its port. */
async function spawnSandbox(ledgerPath: string): Promise<{ readonly child: ChildProcess; readonly port: number }> {
  const program = `
    import { startSandboxPaymentService } from './sandbox-payment-service.ts';
    const { port } = await startSandboxPaymentService({ ledgerPath: ${JSON.stringify(ledgerPath)} });
    console.log(port);
  `;
  const child = spawn(process.execPath, [...FLAGS, program], {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout })) return { child, port: Number(line) };
  throw new Error('the sandbox ended before it told its port');
}

test('every charge that was answered survives kill -9, with its transaction id', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sandbox-kill-'));
  const ledgerPath = join(folder, 'ledger.jsonl');
  const answered = new Map<string, string>();
  const { child, port } = await spawnSandbox(ledgerPath);
  const client = new PaymentServiceStub(`127.0.0.1:${port}`, credentials.createInsecure());
  try {
    let next = 1;
    const chargeOn = async (): Promise<void> => {
      for (let alive = true; alive;) {
        const reservation_id = exampleId((next += 1));
        alive = await new Promise<boolean>((resolve) => {
          client.ProcessPayment({ reservation_id, user_id: 'alice', amount: 1, currency: 'EUR' }, (error, reply) => {
            if (error === null && reply?.success === true) answered.set(reservation_id, reply.transaction_id);
            if (answered.size === 300) child.kill('SIGKILL');
            resolve(error === null);
          });
        });
      }
    };
    const exited = once(child, 'exit');
    await Promise.all(Array.from({ length: 20 }, chargeOn));
    await exited;
    expect(answered.size).toBeGreaterThanOrEqual(300);
    const sandbox = await startSandboxPaymentService({ ledgerPath });
    const kept = new Map(sandbox.ledger().map((entry) => [entry.reservation_id, entry.transaction_id]));
    await sandbox.stop();
    expect([...answered].filter(([id, transactionId]) => kept.get(id) !== transactionId)).toEqual([]);
  } finally {
    child.kill('SIGKILL');
    client.close();
    await rm(folder, { recursive: true });
  }
});

test("importing the tests' entry loads no driver", async () => {
  const program = `
    import { createRequire } from 'node:module';
    await import('@reservations/core/testing');
    const loaded = Object.keys(createRequire(import.meta.url).cache);
    console.log(loaded.filter((path) => path.includes('@grpc')).length);
  `;
  const { stdout } = await promisify(execFile)(process.execPath, [...FLAGS, program], { cwd: import.meta.dirname });
  expect(stdout).toBe('0\n');
});
