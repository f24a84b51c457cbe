import type { IncomingMessage, ServerResponse } from 'node:http';
import type { PaymentGateway, Reservations, ReservationStore } from '@reservations/core';
import { createHandler, type HandlerOptions } from '../handler.ts';
import { closeParts, type ServiceParts, stopTaking } from './stop-service.ts';

/** Options of {@link reservationsPlugin}, beside Fastify's own `prefix`. */
export interface ReservationsPluginOptions
  extends Omit<HandlerOptions, 'basePath' | 'reservations' | 'store'>, Pick<ServiceParts, 'shutdownTimeoutMs'> {
  readonly reservations: Reservations;
  readonly store: ReservationStore;
  readonly gateway: PaymentGateway;
}

/** What the plugin uses of a Fastify 5 instance. */
export interface FastifyScope {
  readonly prefix: string;
  readonly supportedMethods: string[];
  removeAllContentTypeParsers(): void;
  addContentTypeParser(type: string, parse: (request: never, payload: never, done: FastifyDone) => void): unknown;
  route(options: {
    readonly method: string[];
    readonly url: string;
    readonly exposeHeadRoute: boolean;
    readonly handler: (request: FastifyRequestParts, reply: FastifyReplyParts) => void;
  }): unknown;
  // Its overloads fit no smaller type than Fastify's own.
  addHook(name: never, hook: never): unknown;
}

/** Ends a content type parser of Fastify. */
export type FastifyDone = (error: Error | null, body?: unknown) => void;

/** What the plugin uses of a request of Fastify. */
export interface FastifyRequestParts {
  readonly raw: IncomingMessage;
}

/** What the plugin uses of a reply of Fastify. */
export interface FastifyReplyParts {
  readonly raw: ServerResponse;
  getHeaders(): Readonly<Record<string, number | string | string[] | undefined>>;
  hijack(): unknown;
}

/**
 * The service as a Fastify 5 plugin: `app.register(reservationsPlugin, { prefix: '/booking', reservations, store,
 * gateway })`. Links begin with the prefix. Bodies reach the service unparsed, whatever parsers the application has;
 * headers that its hooks set are sent. Starts the engine when the application is ready, and stops it and closes gateway and
 * store when the application closes.
 * @throws {ReservationError} INVALID_OPTION, naming option, expectation and value.
 */
export async function reservationsPlugin(scope: FastifyScope, options: ReservationsPluginOptions): Promise<void> {
  const handler = createHandler({ ...options, basePath: scope.prefix });
  // Of this plugin alone: Fastify gives each plugin a scope of its own.
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
  for (const url of ['/', '/*']) {
    scope.route({
      method: scope.supportedMethods,
      url,
      exposeHeadRoute: false,
      handler(request, reply) {
        reply.hijack();
        for (const [name, value] of Object.entries(reply.getHeaders())) {
          if (value !== undefined) reply.raw.setHeader(name, value);
        }
        handler(request.raw, reply.raw);
      },
    });
  }
  addHook(scope, 'onReady', async () => options.reservations.start());
  // Fastify stops listening behind this hook, and calls the other one when no request is under way.
  addHook(scope, 'preClose', async () => {
    handler.drain();
    await stopTaking(options);
  });
  addHook(scope, 'onClose', async () => await closeParts(options));
}

function addHook(scope: FastifyScope, name: 'onReady' | 'preClose' | 'onClose', hook: () => Promise<void>): void {
  scope.addHook(name as never, hook as never);
}
