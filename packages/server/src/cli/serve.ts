import { createReservations, type PaymentGateway, type ReservationStore } from '@reservations/core';
import { createGrpcPaymentGateway } from '@reservations/core/grpc';
import { openSqliteStore } from '@reservations/core/sqlite';
import type { Logger } from 'pino';
import { type Config, CONFIG_SETTINGS } from '../config.ts';
import { FAILPOINT_VARIABLE, failpointsFrom } from '../failpoints.ts';
import { createLogger, logObserver } from '../log.ts';
import { type RunningServer, startServer } from '../server.ts';
import { describeSettings, readSettings } from '../settings.ts';
import { type CliCommand, type CliContext, EXIT_OK, PROGRAM, reportFaults } from './command.ts';
import { untilAborted } from './until-aborted.ts';

/** `serve`: the HTTP server, over a SQLite file and a payment service. */
export const serveCommand: CliCommand = {
  name: 'serve',
  summary: 'serve the HTTP API (the default)',
  help: () =>
    [
      `Usage: ${PROGRAM} [serve] [OPTIONS]`,
      '',
      'Serves the reservation API over HTTP. SIGTERM and SIGINT stop it in good order, a second one at once.',
      '',
      'Options:',
      describeSettings(CONFIG_SETTINGS),
    ].join('\n'),
  async run(args, context) {
    const read = readSettings(CONFIG_SETTINGS, { args, env: context.env });
    if (read.kind === 'faults') return reportFaults(context, 'serve', read.faults);
    await serve(read.values, context);
    return EXIT_OK;
  },
};

async function serve(config: Config, context: CliContext): Promise<void> {
  const stop = context.stopSignal();
  const logger = createLogger(config.logLevel);
  const failpoints = failpointsFrom(context.env[FAILPOINT_VARIABLE]);
  const store = failpoints.store(await openSqliteStore({ path: config.db }));
  const payments = await openPayments(config, store);
  const gateway = failpoints.gateway(payments.gateway);
  const reservations = createReservations({
    store,
    gateway,
    observer: logObserver(logger),
    unknownOutcome: config.paymentUnknownOutcome,
  });
  const server = await startServer({
    reservations: failpoints.reservations(reservations),
    store,
    gateway,
    logger,
    ...config,
  });
  for (const line of startLines(server, config, payments.description)) context.print(line);
  await untilAborted(stop);
  await stopServer(server, logger);
}

/** A gateway, and the sandbox behind it if there is one: closing the one stops the other. */
async function openPayments(
  config: Config,
  store: ReservationStore,
): Promise<{ readonly gateway: PaymentGateway; readonly description: string }> {
  const { paymentIdempotency: idempotency } = config;
  try {
    if (!config.sandbox) {
      const { paymentHost: host, paymentPort: port } = config;
      return { gateway: createGrpcPaymentGateway({ host, port, idempotency }), description: `${host}:${port}` };
    }
    // Only who asks for the sandbox loads it.
    const { startSandboxPaymentService } = await import('@reservations/core/testing');
    const sandbox = await startSandboxPaymentService({ ledgerPath: config.sandboxLedger });
    const { host, port } = sandbox;
    const gateway = createGrpcPaymentGateway({ host, port, idempotency });
    return {
      gateway: {
        ...gateway,
        async close() {
          await gateway.close();
          await sandbox.stop();
        },
      },
      description: `${host}:${port}, the sandbox: no money moves`,
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

function startLines(server: RunningServer, config: Config, payments: string): readonly string[] {
  return [
    `listening on ${server.url}`,
    `  API       POST ${server.url}/reservations, GET ${server.url}/reservations/{reservation_id}`,
    `  health    ${server.url}/health/ready`,
    `  database  ${config.db}`,
    `  payments  ${payments}`,
    `  help      ${PROGRAM} --help`,
  ];
}

async function stopServer(server: RunningServer, logger: Logger): Promise<void> {
  logger.info('stopping: no new work, requests under way end');
  await server.stop();
  logger.info('stopped');
}
