import { setTimeout as pause } from 'node:timers/promises';
import { startSandboxPaymentService } from '@reservations/core/sandbox';
import { expect, onTestFinished, test, vi } from 'vitest';
import { reserve, run, type Run } from '../cli-fixture.ts';

/** A server that makes a charge of which the first reply is late. */
async function chargingForLong(): Promise<{ readonly server: Run; readonly answer: Promise<Response> }> {
  const sandbox = await startSandboxPaymentService({ ledgerPath: null });
  onTestFinished(() => sandbox.stop());
  const { host, port } = sandbox;
  const args = ['--port', '0', '--db', ':memory:', '--payment-host', host, '--payment-port', String(port)];
  const server = run(args);
  const answer = reserve(await server.untilListening(), 'user_charged_late');
  await vi.waitFor(() => expect(sandbox.calls().length).toBe(1), { timeout: 20_000 });
  return { server, answer };
}

test('a Ctrl-C that arrives twice, as under npm, lets the request under way end', async () => {
  const { server, answer } = await chargingForLong();
  server.kill('SIGINT');
  server.kill('SIGTERM');
  await pause(20);
  server.kill('SIGINT');
  expect((await answer).status).toBeLessThan(300);
  expect(await server.ended).toBe(0);
});

test('SIGHUP stops a server and the sandbox in good order', async () => {
  const { server, answer } = await chargingForLong();
  server.kill('SIGHUP');
  await server.untilOut(/"stopping/);
  server.kill('SIGHUP');
  expect((await answer).status).toBeLessThan(300);
  expect(await server.ended).toBe(0);

  const sandbox = run(['sandbox', '--port', '0']);
  await sandbox.untilOut(/^listening on/m);
  sandbox.kill('SIGHUP');
  expect([await sandbox.ended, sandbox.err()]).toEqual([0, '']);
});

test('a server that nohup started goes on after SIGHUP', async () => {
  const server = run(['--port', '0', '--sandbox'], { _: '/usr/bin/nohup' });
  const url = await server.untilListening();
  server.kill('SIGHUP');
  await pause(200);
  expect((await reserve(url, 'user_123')).status).toBe(200);
  server.kill('SIGTERM');
  expect([await server.ended, server.out().includes('stopping')]).toEqual([0, true]);
});
