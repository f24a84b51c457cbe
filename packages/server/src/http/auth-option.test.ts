import { createReservations } from '@reservations/core';
import { createMemoryStore } from '@reservations/core/memory';
import { createScriptedGateway } from '@reservations/core/testing';
import Fastify from 'fastify';
import { expect, test } from 'vitest';
import { createFetchHandler } from './embed/fetch-handler.ts';
import { reservationsPlugin } from './embed/fastify.ts';
import { ReservationsModule } from './embed/nest.ts';
import { createHandler, type HandlerOptions } from './handler.ts';
import { startServer } from './server.ts';

const store = createMemoryStore();
const gateway = createScriptedGateway();
const parts = { store, gateway, reservations: createReservations({ store, gateway }) };
const MESSAGE =
  'auth: expected an authenticator, or "none" to let every client in that reaches the service, found nothing';

/** As an application without types calls it. */
const silent = parts as typeof parts & Pick<HandlerOptions, 'auth'>;

test.each<[string, () => unknown]>([
  ['createHandler', () => createHandler(silent)],
  ['createFetchHandler', () => createFetchHandler(silent)],
  [
    'the plugin of Fastify',
    () =>
      Fastify()
        .register(reservationsPlugin, { prefix: '/booking', ...silent })
        .ready(),
  ],
  ['the module of Nest', () => createNestService()],
  ['startServer on all addresses', () => startServer({ ...parts, host: '0.0.0.0' })],
  ['startServer on an address of others', () => startServer({ ...parts, host: '192.0.2.1' })],
])('%s does not begin without saying who may send requests', async (_what, begin) => {
  await expect((async () => await begin())()).rejects.toMatchObject({ code: 'INVALID_OPTION', message: MESSAGE });
});

/** Calls the factory of the service as Nest does. */
async function createNestService(): Promise<unknown> {
  const [service] = ReservationsModule.forRoot({ path: '/booking', ...silent }).providers;
  return await service?.useFactory();
}

test.each([null, 'api-key', {}])('%j is no authenticator', (auth) => {
  expect(() => createHandler({ ...parts, auth: auth as never })).toThrow(/^auth: expected an authenticator, or "none"/);
});

test.each(['127.0.0.1', 'localhost', '::1'])('a server on %s is open by default', async (host) => {
  const own = createMemoryStore();
  const server = await startServer({ ...parts, host, store: own });
  expect((await fetch(`${server.url}/reservations/RES-1`)).status).toBe(404);
  await server.stop();
});

test('a server on every address is open when that is said', async () => {
  const server = await startServer({ ...parts, host: '0.0.0.0', store: createMemoryStore(), auth: 'none' });
  expect((await fetch(`http://127.0.0.1:${server.port}/reservations/RES-1`)).status).toBe(404);
  await server.stop();
});
