// Nest asks for it before it is loaded.
// oxlint-disable-next-line import/no-unassigned-import
import 'reflect-metadata';
import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Reservations } from '@reservations/core';
import { createParts, expectService, originOf, type Parts, postOf } from './embedded-fixture.ts';
import { RESERVATIONS, ReservationsModule } from './nest.ts';

const ADAPTERS = { Express: () => new ExpressAdapter(), Fastify: () => new FastifyAdapter() } as const;

interface Started {
  readonly app: INestApplication;
  readonly origin: string;
}

async function start(
  adapter: keyof typeof ADAPTERS,
  parts: Parts = createParts(),
  options: { readonly prefix?: string; readonly rawBody?: boolean; readonly bodyParser?: boolean } = {},
): Promise<Started> {
  class AppModule {
    readonly isRoot = true;
  }
  const { prefix, ...more } = options;
  const root = { module: AppModule, imports: [ReservationsModule.forRoot({ path: '/booking', ...parts })] };
  const app = await NestFactory.create(root, ADAPTERS[adapter](), { logger: false, ...more });
  if (prefix !== undefined) app.setGlobalPrefix(prefix);
  onTestFinished(() => app.close());
  await app.listen(0, '127.0.0.1');
  return { app, origin: originOf(app.getHttpServer()) };
}

describe.each(['Express', 'Fastify'] as const)('Nest on %s', (adapter) => {
  test('the global prefix is part of every link', async () => {
    const { origin } = await start(adapter, createParts(), { prefix: 'api' });
    await expectService(origin, '/api/booking');
  });

  test('the engine can be injected', async () => {
    const parts = createParts();
    const { app } = await start(adapter, parts);
    expect(app.get<Reservations>(RESERVATIONS)).toBe(parts.reservations);
  });

  test.each([{ rawBody: true }, { bodyParser: false }])('with %o a body is read to the last digit', async (options) => {
    const { origin } = await start(adapter, createParts(), options);
    const twice = await fetch(`${origin}/booking/reservations`, postOf('{"user_id":"a","user_id":"b","amount":1}'));
    expect(await twice.json()).toMatchObject({ detail: [{ type: 'json_duplicate_key' }] });
  });
});

test('options come from a factory with what is injected', async () => {
  const parts = createParts();
  const PARTS = Symbol('parts');
  class PartsModule {
    readonly isShared = true;
  }
  class AppModule {
    readonly isRoot = true;
  }
  const shared = {
    module: PartsModule,
    providers: [{ provide: PARTS, useValue: parts }],
    exports: [PARTS],
    global: true,
  };
  const reserving = ReservationsModule.forRootAsync({
    path: '/booking',
    inject: [PARTS],
    useFactory: (given: Parts) => given,
  });
  const app = await NestFactory.create({ module: AppModule, imports: [shared, reserving] }, { logger: false });
  onTestFinished(() => app.close());
  await app.listen(0, '127.0.0.1');
  await expectService(originOf(app.getHttpServer()), '/booking');
});

test('an application that never started closes', async () => {
  class AppModule {
    readonly isRoot = true;
  }
  const parts = createParts();
  const root = { module: AppModule, imports: [ReservationsModule.forRoot({ path: '/booking', ...parts })] };
  const app = await NestFactory.create(root, { logger: false });
  await app.close();
  expect(parts.calls).toEqual(['engine stopped', 'gateway closed', 'store closed']);
});

test.each(['booking', '/booking/', '/health'])('%j is no path', (path) => {
  expect(() => ReservationsModule.forRoot({ path, ...createParts() })).toThrow(/^basePath: expected/);
});
