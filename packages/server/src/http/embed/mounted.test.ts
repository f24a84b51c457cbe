import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import express from 'express';
import Koa from 'koa';
import mount from 'koa-mount';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createHandler } from '../handler.ts';
import { guardConnections } from '../pipeline/connection-errors.ts';
import { createParts, expectGracefulStop, expectService, originOf, type Parts, postOf } from './embedded-fixture.ts';
import { stopService } from './stop-service.ts';

type Mount = (parts: Parts) => {
  readonly listener: RequestListener;
  readonly handler: ReturnType<typeof createHandler>;
};

const FRAMEWORKS: Readonly<Record<string, Mount>> = {
  'plain http'(parts) {
    const handler = createHandler({ ...parts, basePath: '/booking' });
    return { handler, listener: handler };
  },
  Express(parts) {
    const handler = createHandler(parts);
    return { handler, listener: express().use('/booking', handler) };
  },
  'a router of Express, behind a parser'(parts) {
    const handler = createHandler(parts);
    // Larger than what the service takes.
    const parser = express.json({ limit: '1mb' });
    return { handler, listener: express().use(parser).use(express.Router().use('/booking', handler)) };
  },
  'koa-mount'(parts) {
    const handler = createHandler({ ...parts, basePath: '/booking' });
    const app = new Koa();
    app.use(
      mount('/booking', (ctx: Koa.Context) => {
        ctx.respond = false;
        handler(ctx.req, ctx.res);
      }),
    );
    const listener = app.callback();
    return { handler, listener: (request, response) => void listener(request, response) };
  },
};

describe.each(Object.entries(FRAMEWORKS))('%s', (_, mounted) => {
  async function start(parts: Parts): Promise<{ readonly origin: string; readonly stop: () => Promise<void> }> {
    const { listener, handler } = mounted(parts);
    const server = createServer(listener);
    guardConnections(server);
    const stop = (): Promise<void> => stopService({ ...parts, handler, server });
    onTestFinished(stop);
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    return { origin: originOf(server), stop };
  }

  test('serves the API below its path', async () => {
    const { origin } = await start(createParts());
    await expectService(origin, '/booking');
  });

  test('a stop waits for the request under way, and ends the parts in order', async () => {
    const parts = createParts();
    const { origin, stop } = await start(parts);
    await expectGracefulStop(`${origin}/booking`, parts, stop);
  });
});

test('a second stop waits for the requests that the first one waits for', async () => {
  const parts = createParts();
  const handler = createHandler(parts);
  const arrived = Promise.withResolvers<ServerResponse>();
  const server = createServer((_request, response) => arrived.resolve(response)).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const other = fetch(originOf(server));
  const response = await arrived.promise;
  const stopped = stopService({ ...parts, handler, server });
  await expect.poll(() => server.listening).toBe(false);
  const again = stopService({ ...parts, handler, server });
  expect(parts.calls).toEqual(['engine stopped']);
  response.end('other');
  expect(await (await other).text()).toBe('other');
  await Promise.all([stopped, again]);
  expect(parts.calls).toEqual(['engine stopped', 'gateway closed', 'store closed']);
});

test('a stop ends other requests of the application when its time is over', async () => {
  const parts = createParts();
  const handler = createHandler(parts);
  const server = createServer(() => undefined).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const endless = fetch(originOf(server), postOf('{}'));
  await new Promise((resolve) => server.once('request', resolve));
  await stopService({ ...parts, handler, server, shutdownTimeoutMs: 50 });
  await expect(endless).rejects.toThrow('fetch failed');
  expect(parts.calls).toEqual(['engine stopped', 'gateway closed', 'store closed']);
});
