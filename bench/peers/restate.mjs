import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import * as restate from '@restatedev/restate-sdk';
import * as clients from '@restatedev/restate-sdk-clients';
import { newId } from '../src/contenders/raw-rows.ts';
import { connectToPayments } from '../src/run/payments.ts';

const START_MS = 60_000;
const POLL_MS = 100;

/**
 * The server from npm with its default configuration, whose log is written with fsync; a virtual object for each
 * reservation with the charge as a durable step; called over the HTTP ingress by Restate's client.
 */
export const contender = {
  async reserve({ folder, paymentPort }) {
    const payments = connectToPayments(paymentPort);
    const reservation = restate.object({
      name: 'reservation',
      handlers: {
        async create(context) {
          const transactionId = await context.run('charge', () => payments.charge(context.key));
          context.set('reservation', { status: 'confirmed', transactionId });
          return transactionId;
        },
      },
    });
    const [servicePort, ingressPort, adminPort, nodePort] = await freePorts(4);
    await restate.serve({ services: [reservation], port: servicePort });
    const { server, stop } = startServer(folder, { ingressPort, adminPort, nodePort });
    await register(adminPort, servicePort);
    const ingress = clients.connect({ url: `http://127.0.0.1:${ingressPort}` });
    return {
      once: () => ingress.objectClient({ name: 'reservation' }, `RES-${newId()}`).create(),
      pids: [server.pid],
      async close() {
        payments.close();
        await stop();
      },
    };
  },
};

function startServer(folder, { ingressPort, adminPort, nodePort }) {
  const package_ = createRequire(import.meta.url).resolve(
    `@restatedev/restate-server-${platform()}-${arch()}/package.json`,
  );
  const server = spawn(join(package_, '../bin/restate-server'), ['--base-dir', folder, '--no-logo'], {
    stdio: 'ignore',
    env: {
      ...process.env,
      RESTATE_LISTEN_MODE: 'tcp',
      RESTATE_BIND_ADDRESS: `127.0.0.1:${nodePort}`,
      RESTATE_ADVERTISED_ADDRESS: `http://127.0.0.1:${nodePort}`,
      RESTATE_INGRESS__BIND_ADDRESS: `127.0.0.1:${ingressPort}`,
      RESTATE_ADMIN__BIND_ADDRESS: `127.0.0.1:${adminPort}`,
      RESTATE_DISABLE_TELEMETRY: 'true',
      RESTATE_LOG_FILTER: 'error',
    },
  });
  return {
    server,
    async stop() {
      const exited = once(server, 'exit');
      server.kill('SIGKILL');
      await exited;
    },
  };
}

async function register(adminPort, servicePort) {
  const until = performance.now() + START_MS;
  for (;;) {
    try {
      const response = await fetch(`http://127.0.0.1:${adminPort}/deployments`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ uri: `http://127.0.0.1:${servicePort}` }),
      });
      if (response.ok) return;
      throw new Error(`the deployment was refused: ${response.status} ${await response.text()}`);
    } catch (error) {
      if (performance.now() > until) throw error;
      await pause(POLL_MS);
    }
  }
}

async function freePorts(count) {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
