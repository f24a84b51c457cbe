import type { IncomingMessage, ServerResponse } from 'node:http';
import type { PaymentGateway, Reservations, ReservationStore } from '@reservations/core';
import { checkBasePath } from '../../config/base-path.ts';
import { createHandler, type Handler, type HandlerOptions } from '../handler.ts';
import { closeParts, type ServiceParts, stopTaking } from './stop-service.ts';

/** Options of {@link ReservationsModule}. */
export interface ReservationsModuleOptions
  extends Omit<HandlerOptions, 'basePath' | 'reservations' | 'store'>, Pick<ServiceParts, 'shutdownTimeoutMs'> {
  readonly reservations: Reservations;
  readonly store: ReservationStore;
  readonly gateway: PaymentGateway;
}

/** Options of `ReservationsModule.forRoot`. */
export interface ReservationsModuleRootOptions extends ReservationsModuleOptions, NestMount {}

/** Where the module serves the API. */
export interface NestMount {
  /** Path below the application's global prefix, such as `/booking`. */
  readonly path: string;
}

/** Options of `ReservationsModule.forRootAsync`. */
export interface ReservationsModuleAsyncOptions extends NestMount {
  /** Modules that export what is injected. */
  readonly imports?: NestDynamicModule['imports'];
  /** Tokens of the factory's parameters. */
  readonly inject?: NestFactoryProvider['inject'];
  // The parameters have the types of what their tokens stand for.
  readonly useFactory: (...injected: never[]) => ReservationsModuleOptions | Promise<ReservationsModuleOptions>;
}

/** What Nest takes for a class. */
export type NestClass = new (...parameters: never[]) => object;

/** A provider that a factory makes. */
export interface NestFactoryProvider {
  provide: symbol;
  useFactory: (...injected: never[]) => unknown;
  inject: (string | symbol | NestClass)[];
}

/** A dynamic module of Nest 12. */
export interface NestDynamicModule {
  module: NestClass;
  imports: NestClass[];
  providers: NestFactoryProvider[];
  exports: symbol[];
}

/** What the module uses of Nest's consumer of middleware. */
export interface NestMiddlewareConsumer {
  apply(middleware: (request: MountedRequest, response: ServerResponse) => void): {
    forRoutes(...paths: string[]): unknown;
  };
}

/** A request on Express or Fastify, which keep the path that they cut off. */
export interface MountedRequest extends IncomingMessage {
  readonly originalUrl?: string;
  readonly baseUrl?: string;
}

/** Token of the engine, to inject it: `@Inject(RESERVATIONS) reservations: Reservations`. */
export const RESERVATIONS: unique symbol = Symbol('@reservations/server/nest: reservations');

const SERVICE = Symbol('@reservations/server/nest: service');

/**
 * The service as a module of Nest 12, on Express or Fastify: `imports: [ReservationsModule.forRoot({ path: '/booking',
 * reservations, store, gateway })]`. Links begin with the path, and with the global prefix if there is one. Starts the
 * engine when the application is ready, and stops it and closes gateway and store when the application closes, for which
 * `enableShutdownHooks` lets signals be the cause.
 */
export const ReservationsModule: {
  /** @throws {ReservationError} INVALID_OPTION, naming option, expectation and value. */
  forRoot(options: ReservationsModuleRootOptions): NestDynamicModule;
  /** Options that a factory makes, from what is injected. */
  forRootAsync(options: ReservationsModuleAsyncOptions): NestDynamicModule;
} = {
  forRoot: ({ path, ...options }) => moduleOf({ path, useFactory: () => options }),
  forRootAsync: moduleOf,
};

interface NestService {
  readonly handler: Handler;
  readonly options: ReservationsModuleOptions;
}

function moduleOf({ path, imports = [], inject = [], useFactory }: ReservationsModuleAsyncOptions): NestDynamicModule {
  const mountedAt = checkBasePath(path);
  let service: NestService | null = null;
  async function createService(...injected: never[]): Promise<NestService> {
    const options = await useFactory(...injected);
    return (service = { handler: createHandler(options), options });
  }
  return {
    // A class of its own for each call: it needs no injection, and so no metadata of decorators.
    module: class ReservationsModule {
      configure(consumer: NestMiddlewareConsumer): void {
        // On Express the first one is for everything below it, too, on Fastify for itself.
        consumer
          .apply((request, response) => service?.handler(locate(request, mountedAt), response))
          .forRoutes(mountedAt, `${mountedAt}/*path`);
      }
      onApplicationBootstrap(): void {
        service?.options.reservations.start();
      }
      // Nest stops listening behind this hook, and calls the last one when no request is under way.
      async beforeApplicationShutdown(): Promise<void> {
        if (service === null) return;
        service.handler.drain();
        await stopTaking(service.options);
      }
      async onApplicationShutdown(): Promise<void> {
        if (service !== null) await closeParts(service.options);
      }
    },
    imports,
    providers: [
      { provide: SERVICE, useFactory: createService, inject },
      { provide: RESERVATIONS, useFactory: ({ options }: NestService) => options.reservations, inject: [SERVICE] },
    ],
    exports: [RESERVATIONS],
  };
}

/** Gives a request the `baseUrl` that Express gives it, and Fastify does not: all up to the end of the path. */
function locate(request: MountedRequest, path: string): IncomingMessage {
  const { originalUrl, baseUrl } = request;
  if (baseUrl !== undefined || originalUrl === undefined) return request;
  const end = originalUrl.indexOf(path) + path.length;
  const rest = originalUrl.slice(end);
  return Object.assign(request, { baseUrl: originalUrl.slice(0, end), url: rest.startsWith('/') ? rest : `/${rest}` });
}
