import { combineObservers, createReservations, type ReservationStore } from '@reservations/core';
import { createOpenTelemetryTracer, hasOpenTelemetrySdk } from '@reservations/core/opentelemetry';
import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import { isLocalHost } from '../config/loopback.ts';
import { startServer } from '../http/server.ts';
import { createCountedLogger, logObserver } from '../observe/log.ts';
import { collectStoreWarnings } from '../observe/store-warnings.ts';
import { openAuthentication } from './authentication.ts';
import type { Failpoints } from './failpoints.ts';
import { createMonitoring } from './monitoring.ts';
import { openPayments, type PaymentObservation, type Payments } from './payments.ts';
import { readMountFacts } from './read-mount-facts.ts';
import { openServerTls } from './server-tls.ts';
import { openStore } from './store.ts';
import { volumeWarning } from './volume-warning.ts';

/** A running service: store, payment service, engine and server. */
export interface Service {
  /** Where it listens, without a slash at the end. */
  readonly url: string;
  /** Where its metrics are; null when they are off. */
  readonly metricsUrl: string | null;
  /** Where its payment service is, for messages. */
  readonly payments: string;
  /** Warnings and alarms of the store while it was opened. */
  readonly warnings: readonly string[];
  /** Stops and closes all of it in good order. */
  stop(): Promise<void>;
}

/** What a service is started with beside its configuration. */
export interface ServiceStart {
  /** Names the place where the process kills itself, for tests of crashes. Default: null, none. */
  readonly failpoint?: string | null;
  /** Asks a start that waits for its database to give up. Default: never. */
  readonly stop?: AbortSignal;
}

/**
 * Opens store and payment service, makes the engine and serves.
 * @throws what opening one of the parts throws; those that are open already are then closed.
 */
export async function startService(config: Config, { failpoint = null, stop }: ServiceStart = {}): Promise<Service> {
  const tracing = hasOpenTelemetrySdk() ? { tracer: createOpenTelemetryTracer() } : {};
  const { logger, linesLost } = createCountedLogger(config.logLevel, () => tracing.tracer?.current() ?? null);
  const failpoints = await loadFailpoints(failpoint, logger);
  const warnings = collectStoreWarnings();
  const monitoring = createMonitoring(config);
  // Before anything is opened: these are the settings that fail most often.
  const authOver = await openAuthentication(config, logger);
  const tls = openServerTls(config, logger);
  const observer = combineObservers(logObserver(logger), warnings.observer, monitoring.observer);
  const onWarning = (warning: string): void => {
    warnings.add(warning);
    logger.warn({ kind: 'store-warning' }, warning);
  };
  const opened = await openStore(config, { onWarning, observer, stop });
  warningsOf(config).forEach(onWarning);
  const store = failpoints.store(opened.store);
  const payments = await openPaymentsOver(store, config, { observer, ...tracing });
  const gateway = failpoints.gateway(payments.gateway);
  const reservations = createReservations({
    store,
    gateway,
    observer,
    ...tracing,
    answerUnknownAs: config.paymentUnknownOutcome === 'fail' ? 'failed' : 'pending',
  });
  const running = monitoring.begin({
    store,
    state: {
      breakerState: () => payments.gateway.breakerState(),
      chargeLoad: () => payments.gateway.load(),
      connection: () => payments.gateway.connection(),
      certificate: () => payments.gateway.certificate(),
      storeResources: () => opened.resources(),
      logLinesLost: linesLost,
    },
  });
  const { requests } = monitoring;
  const { status } = running;
  const stopMonitoring = (): Promise<void> => running.stop();
  const server = await startServer({
    reservations: failpoints.reservations(reservations),
    store,
    gateway,
    logger,
    ...tracing,
    ...(requests === undefined ? {} : { requests }),
    ...(status === undefined ? {} : { status }),
    ...(tls === null ? {} : { tls }),
    ...config,
    auth: authOver(store),
  }).catch((error: unknown) => stopThenThrow(stopMonitoring, error));
  async function stopAll(): Promise<void> {
    await server.stop();
    tls?.close();
    // Last: metrics are served while requests under way end.
    await running.stop();
  }
  const metricsUrl = await running.serve().catch((error: unknown) => stopThenThrow(stopAll, error));
  logger.info({ url: server.url, ...(metricsUrl === null ? {} : { metrics_url: metricsUrl }) }, 'listening');
  return {
    url: server.url,
    metricsUrl,
    payments: payments.description,
    warnings: warnings.list(),
    async stop() {
      logger.info('stopping: no new work, requests under way end');
      await stopAll();
      logger.info('stopped');
    },
  };
}

async function stopThenThrow(stop: () => Promise<void>, error: unknown): Promise<never> {
  await stop();
  throw error;
}

const OPEN_WARNING =
  'every machine that can connect may make and read reservations: --auth none; --auth api-key asks for a key, --auth jwt for a token';

function warningsOf(config: Config): readonly string[] {
  const isOpen = config.auth === 'none' && !isLocalHost(config.host);
  return [isOpen ? OPEN_WARNING : null, volumeWarning(config, readMountFacts())].filter((each) => each !== null);
}

/** Closes the store when the payment service cannot be opened. */
async function openPaymentsOver(
  store: ReservationStore,
  config: Config,
  observation: PaymentObservation,
): Promise<Payments> {
  try {
    return await openPayments(config, observation);
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** Loads the failpoints for tests of crashes. Without one, nothing is loaded and all parts are returned unchanged. */
async function loadFailpoints(failpoint: string | null, logger: Logger): Promise<Failpoints> {
  if (failpoint === null) {
    return { store: (store) => store, gateway: (gateway) => gateway, reservations: (reservations) => reservations };
  }
  const { failpointsFrom } = await import('./failpoints.ts');
  const failpoints = failpointsFrom(failpoint);
  logger.warn({ failpoint }, 'this process is going to kill itself: RESERVATIONS_FAILPOINT is set');
  return failpoints;
}
