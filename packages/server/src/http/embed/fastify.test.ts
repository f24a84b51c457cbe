import Fastify, { type FastifyInstance } from 'fastify';
import { expect, onTestFinished, test } from 'vitest';
import { createParts, expectService, originOf, type Parts, postOf } from './embedded-fixture.ts';
import { reservationsPlugin } from './fastify.ts';

async function start(app: FastifyInstance): Promise<string> {
  onTestFinished(() => app.close());
  await app.listen({ port: 0, host: '127.0.0.1' });
  return originOf(app.server);
}

function application(parts: Parts = createParts(), prefix = '/booking'): FastifyInstance {
  const app = Fastify();
  app.post('/echo', (request) => request.body);
  void app.register(reservationsPlugin, { prefix, ...parts });
  return app;
}

test('the plugin leaves the bodies of other routes to Fastify', async () => {
  const origin = await start(application());
  expect(await (await fetch(`${origin}/echo`, postOf('{"a":1}'))).json()).toEqual({ a: 1 });
});

test('prefixes of plugins around it are part of every link', async () => {
  const app = Fastify();
  const parts = createParts();
  void app.register(
    (scope, _options, done) => (void scope.register(reservationsPlugin, { prefix: '/booking', ...parts }), done()),
    { prefix: '/api' },
  );
  await expectService(await start(app), '/api/booking');
});

test('a body is read to the last digit, whatever parser the application has', async () => {
  const app = application();
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, _body, done) =>
    done(null, { user_id: 'other', amount: 1 }),
  );
  const origin = await start(app);
  const twice = await fetch(`${origin}/booking/reservations`, postOf('{"user_id":"a","user_id":"b","amount":1}'));
  expect(await twice.json()).toMatchObject({ detail: [{ type: 'json_duplicate_key' }] });
});

test('headers that hooks of the application set are sent, and hooks may answer', async () => {
  const app = Fastify();
  app.addHook('onRequest', async (request, reply) => {
    reply.header('Access-Control-Allow-Origin', '*');
    if (request.headers.authorization === 'none') await reply.code(401).send({ who: 'unknown' });
  });
  void app.register(reservationsPlugin, { prefix: '/booking', ...createParts() });
  const at = `${await start(app)}/booking`;
  expect((await fetch(`${at}/health/live`)).headers.get('Access-Control-Allow-Origin')).toBe('*');
  expect((await fetch(at, { headers: { authorization: 'none' } })).status).toBe(401);
});

test('inject, for tests of an application, gets the answers as well', async () => {
  const app = application();
  onTestFinished(() => app.close());
  const made = await app.inject({
    method: 'POST',
    url: '/booking/reservations',
    payload: { user_id: 'ada', amount: 2 },
  });
  expect([made.statusCode, made.json()]).toMatchObject([200, { amount: 2 }]);
});
