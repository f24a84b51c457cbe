// Nest asks for it before it is loaded.
// oxlint-disable-next-line import/no-unassigned-import
import 'reflect-metadata';
import { createServer, type RequestListener, type Server } from 'node:http';
import { serve } from '@hono/node-server';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import express from 'express';
import Fastify from 'fastify';
import { Hono } from 'hono';
import Koa from 'koa';
import mount from 'koa-mount';
import { onTestFinished } from 'vitest';
import { createHandler, type Drainable } from '../handler.ts';
import { guardConnections } from '../pipeline/connection-errors.ts';
import { originOf, type Parts } from './embedded-fixture.ts';
import { reservationsPlugin } from './fastify.ts';
import { createFetchHandler } from './fetch-handler.ts';
import { ReservationsModule } from './nest.ts';
import { stopService } from './stop-service.ts';

/** An application of a real framework that serves the API below /booking. */
export interface Application {
  readonly server: Server;
  readonly origin: string;
  /** Ends it as its framework does. */
  readonly close: () => Promise<void>;
}

/** Options of {@link startApplication}. */
export interface ApplicationOptions {
  /** True to pass its server to `guardConnections`. */
  readonly isGuarded?: boolean;
}

interface Unopened {
  readonly server: Server;
  listen(): Promise<unknown>;
  close(): Promise<void>;
}

const BASE = '/booking';

const FRAMEWORKS = {
  'plain http'(parts: Parts) {
    const handler = createHandler({ ...parts, basePath: BASE });
    return over(parts, handler, handler);
  },
  Express(parts: Parts) {
    const handler = createHandler(parts);
    return over(parts, handler, express().use(BASE, handler));
  },
  'a router of Express, behind a parser'(parts: Parts) {
    const handler = createHandler(parts);
    // Larger than what the service takes.
    const parser = express.json({ limit: '1mb' });
    return over(parts, handler, express().use(parser).use(express.Router().use(BASE, handler)));
  },
  'koa-mount'(parts: Parts) {
    const handler = createHandler({ ...parts, basePath: BASE });
    const app = new Koa();
    app.use(
      mount(BASE, (ctx: Koa.Context) => {
        ctx.respond = false;
        handler(ctx.req, ctx.res);
      }),
    );
    const listener = app.callback();
    return over(parts, handler, (request, response) => void listener(request, response));
  },
  Fastify(parts: Parts) {
    const app = Fastify();
    void app.register(reservationsPlugin, { prefix: BASE, ...parts });
    return { server: app.server, listen: () => app.listen({ port: 0, host: '127.0.0.1' }), close: () => app.close() };
  },
  'Nest on Express': (parts: Parts) => nest(parts, new ExpressAdapter()),
  'Nest on Fastify': (parts: Parts) => nest(parts, new FastifyAdapter()),
  'Hono on Node'(parts: Parts) {
    const handler = createFetchHandler({ ...parts, basePath: BASE });
    const app = new Hono().all(`${BASE}/*`, (c) => handler(c.req.raw)).all(BASE, (c) => handler(c.req.raw));
    // As on every server of Node, a connection is accepted in a later turn of the event loop.
    const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }) as Server;
    parts.reservations.start();
    return { server, listen: () => listening(server), close: () => stopService({ ...parts, handler, server }) };
  },
} satisfies Readonly<Record<string, (parts: Parts) => Unopened | Promise<Unopened>>>;

/** The name of a framework. */
export type FrameworkName = keyof typeof FRAMEWORKS;

/** Every framework that the documentation names, but Next, which does not run inside another process. */
export const FRAMEWORK_NAMES: readonly FrameworkName[] = Object.keys(FRAMEWORKS) as FrameworkName[];

/** Starts an application, which ends with the test. */
export async function startApplication(
  name: FrameworkName,
  parts: Parts,
  { isGuarded = false }: ApplicationOptions = {},
): Promise<Application> {
  const { server, listen, close } = await FRAMEWORKS[name](parts);
  if (isGuarded) guardConnections(server);
  onTestFinished(close);
  await listen();
  return { server, origin: originOf(server), close };
}

function over(parts: Parts, handler: Drainable, listener: RequestListener): Unopened {
  const server = createServer(listener);
  parts.reservations.start();
  return {
    server,
    listen: () => (server.listen(0, '127.0.0.1'), listening(server)),
    close: () => stopService({ ...parts, handler, server }),
  };
}

async function nest(parts: Parts, adapter: AbstractHttpAdapter): Promise<Unopened> {
  class AppModule {
    readonly isRoot = true;
  }
  const root = { module: AppModule, imports: [ReservationsModule.forRoot({ path: BASE, ...parts })] };
  const app = await NestFactory.create(root, adapter, { logger: false });
  return { server: app.getHttpServer() as Server, listen: () => app.listen(0, '127.0.0.1'), close: () => app.close() };
}

async function listening(server: Server): Promise<void> {
  if (!server.listening) await new Promise((resolve) => server.once('listening', resolve));
}
