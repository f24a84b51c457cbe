import { createReservations, isReservationError, type PaymentGateway, type ReservationStore } from '@reservations/core';
import { createGrpcPaymentGateway } from '@reservations/core/grpc';
import type { Logger } from 'pino';
import { type Config, CONFIG_SETTINGS, configNotes, IN_MEMORY, readConfig } from '../config.ts';
import type { Failpoints } from '../failpoints.ts';
import { createLogger, logObserver } from '../log.ts';
import { type RunningServer, startServer } from '../server.ts';
import { type CliCommand, type CliContext, EXIT_OK, PROGRAM } from './command.ts';
import { reportFaults } from './report.ts';
import { describeStore, openStore } from './store.ts';
import { untilAborted } from './until-aborted.ts';

/** `serve`: the HTTP server, over a database and a payment service. */
export const serveCommand: CliCommand = {
  name: 'serve',
  summary: 'serve the HTTP API (the default)',
  usage: '[serve] [OPTIONS]',
  about:
    'Serves the reservation API over HTTP. SIGTERM, SIGINT and SIGHUP stop it in good order; a second one, later than ' +
    'half a second after the first, ends it at once.',
  settings: CONFIG_SETTINGS,
  async run(args, context) {
    const read = readConfig({ args, env: context.env });
    if (read.kind === 'faults') return reportFaults(context, 'serve', read.faults);
    try {
      await serve(read.values, configNotes(read.values, { args, env: context.env }), context);
      return EXIT_OK;
    } catch (error) {
      // The parts are the last to say what they take.
      if (isReservationError(error, 'INVALID_OPTION')) return reportFaults(context, 'serve', [error.message]);
      throw error;
    }
  },
};

async function serve(config: Config, notes: readonly string[], context: CliContext): Promise<void> {
  const stop = context.stopSignal();
  const logger = createLogger(config.logLevel);
  const failpoints = await loadFailpoints(context.env['RESERVATIONS_FAILPOINT'], logger);
  const observer = logObserver(logger);
  const warnings = new Set<string>();
  const store = failpoints.store(
    await openStore(config, {
      onWarning(warning) {
        warnings.add(warning);
        logger.warn({ kind: 'store-warning' }, warning);
      },
      observer(observation) {
        if (observation.kind === 'store-alarm' && observation.raised) warnings.add(observation.detail);
        observer(observation);
      },
    }),
  );
  const payments = await openPayments(config, store);
  const gateway = failpoints.gateway(payments.gateway);
  const reservations = createReservations({
    store,
    gateway,
    observer,
    answerUnknownAs: config.paymentUnknownOutcome === 'fail' ? 'failed' : 'pending',
  });
  const server = await startServer({
    reservations: failpoints.reservations(reservations),
    store,
    gateway,
    logger,
    ...config,
  });
  const remarks = [
    ...notes.map((note) => `  note      ${note}`),
    ...[...warnings].map((warning) => `  WARNING   ${warning}`),
  ];
  for (const line of startLines(server, config, payments.description, remarks)) context.printError(line);
  logger.info({ url: server.url }, 'listening');
  await untilAborted(stop);
  await stopServer(server, logger);
}

/** Places to die at, for tests of crashes. Who asks for none loads none, and gets every part back as it is. */
async function loadFailpoints(setting: string | undefined, logger: Logger): Promise<Failpoints> {
  if (setting === undefined || setting === '') {
    return { store: (store) => store, gateway: (gateway) => gateway, reservations: (reservations) => reservations };
  }
  const { failpointsFrom } = await import('../failpoints.ts');
  const failpoints = failpointsFrom(setting);
  logger.warn({ failpoint: setting }, 'this process is going to kill itself: RESERVATIONS_FAILPOINT is set');
  return failpoints;
}

/** A gateway, and the sandbox behind it if there is one: closing the one stops the other. */
async function openPayments(
  config: Config,
  store: ReservationStore,
): Promise<{ readonly gateway: PaymentGateway; readonly description: string }> {
  const { paymentIdempotency: idempotency, paymentIdleTimeoutMs: idleTimeoutMs } = config;
  try {
    if (!config.sandbox) {
      const { paymentHost: host, paymentPort: port } = config;
      const gateway = createGrpcPaymentGateway({ host, port, idempotency, idleTimeoutMs });
      return { gateway, description: hostAndPort(host, port) };
    }
    // Only who asks for the sandbox loads it.
    const { startSandboxPaymentService } = await import('@reservations/core/sandbox');
    const sandbox = await startSandboxPaymentService({ ledgerPath: config.sandboxLedger });
    const { host, port } = sandbox;
    const gateway = createGrpcPaymentGateway({ host, port, idempotency, idleTimeoutMs });
    return {
      gateway: {
        ...gateway,
        async close() {
          await gateway.close();
          await sandbox.stop();
        },
      },
      description: `${hostAndPort(host, port)}, the sandbox: no money moves`,
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** An address in print: an IPv6 address stands in brackets, apart from its port. */
function hostAndPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** For people, on standard error: standard output is the log's, for programs. */
function startLines(
  server: RunningServer,
  config: Config,
  payments: string,
  remarks: readonly string[],
): readonly string[] {
  return [
    `listening on ${server.url}`,
    `  API       POST ${server.url}/reservations, GET ${server.url}/reservations/{reservation_id}`,
    `  health    ${server.url}/health/ready`,
    `  database  ${describeDatabase(config.db)}`,
    `  payments  ${payments}`,
    `  try       ${tryLine(server, config)}`,
    `  help      ${PROGRAM} --help`,
    ...remarks,
  ];
}

function describeDatabase(db: string): string {
  return db === IN_MEMORY ? `${IN_MEMORY}, nothing is kept; --db FILE keeps it` : describeStore(db);
}

/** A command to copy. It moves no money: only with the sandbox it makes a reservation. */
function tryLine({ url }: RunningServer, { sandbox }: Config): string {
  if (!sandbox) return `curl -i ${url}/health/ready`;
  return `curl -i ${url}/reservations -H 'Content-Type: application/json' -d '{"user_id":"user_123","amount":10.5}'`;
}

async function stopServer(server: RunningServer, logger: Logger): Promise<void> {
  logger.info('stopping: no new work, requests under way end');
  await server.stop();
  logger.info('stopped');
}
