import { isReservationError } from '@reservations/core';
import { SERVER_SETTINGS } from '../../compose/drivers.ts';
import { type Service, startService } from '../../compose/service.ts';
import { type Config, configNotes, readConfig } from '../../config/config.ts';
import { failpointIn } from '../../config/environment.ts';
import { describeAddress, IN_MEMORY, type StoreAddress } from '../../config/store-address.ts';
import { type CliCommand, PROGRAM } from '../command.ts';
import { type CommandAnswer, type CommandCall, defineCommand } from '../define-command.ts';
import { allocateYoung } from '../process/memory-flags.ts';
import { untilAborted } from '../process/until-aborted.ts';

/** `serve`: the HTTP server, over a database and a payment service. */
export const serveCommand: CliCommand = defineCommand({
  name: 'serve',
  summary: 'serve the HTTP API (the default)',
  usage: '[serve] [OPTIONS]',
  about:
    'Serves the reservation API over HTTP. SIGTERM, SIGINT and SIGHUP stop it in good order; a second one, later than ' +
    'half a second after the first, ends it at once.',
  settings: SERVER_SETTINGS,
  read: (sources) => readConfig(SERVER_SETTINGS, sources),
  async run(call) {
    try {
      return await serve(call);
    } catch (error) {
      // A part that was given a wrong option says what it takes.
      if (isReservationError(error, 'INVALID_OPTION')) return { kind: 'faults', faults: [error.message] };
      throw error;
    }
  },
});

async function serve({ values: config, sources, context }: CommandCall<Config, undefined>): Promise<CommandAnswer> {
  const stop = context.stopSignal();
  allocateYoung();
  const service = await start(config, failpointIn(sources.env), stop);
  if (service === null) return { kind: 'answer', text: [] };
  const remarks = [
    ...configNotes(SERVER_SETTINGS, config, sources).map((note) => `  note      ${note}`),
    ...service.warnings.map((warning) => `  WARNING   ${warning}`),
  ];
  for (const line of [...startLines(service, config), ...remarks]) context.printError(line);
  await untilAborted(stop);
  await service.stop();
  return { kind: 'answer', text: [] };
}

/** Null when the process was asked to stop while it waited for its database. */
async function start(config: Config, failpoint: string | null, stop: AbortSignal): Promise<Service | null> {
  try {
    return await startService(config, { failpoint, stop });
  } catch (error) {
    if (stop.aborted && isReservationError(error, 'STORE_UNAVAILABLE')) return null;
    throw error;
  }
}

/** For operators, on standard error: standard output is the log's, for programs. */
function startLines({ url, metricsUrl, payments }: Service, config: Config): readonly string[] {
  return [
    `listening on ${url}`,
    `  API       POST ${url}/reservations, GET ${url}/reservations/{reservation_id}`,
    `  docs      ${url}/docs`,
    `  health    ${url}/health/ready`,
    ...(metricsUrl === null ? [] : [`  metrics   ${metricsUrl}`]),
    `  database  ${describeDatabase(config.db)}`,
    `  payments  ${payments}`,
    `  try       ${tryLine(url, config)}`,
    `  help      ${PROGRAM} --help`,
  ];
}

function describeDatabase(address: StoreAddress): string {
  const isKept = address.kind === 'postgres' || address.path !== IN_MEMORY;
  return isKept ? describeAddress(address) : `${IN_MEMORY}, nothing is kept; --db FILE keeps it`;
}

/** A command to copy. It moves no money: only with the sandbox it makes a reservation. */
function tryLine(url: string, { sandbox, auth }: Config): string {
  if (!sandbox) return `curl -i ${url}/health/ready`;
  const credential = auth === 'none' ? '' : ` -H "Authorization: Bearer $${auth === 'jwt' ? 'TOKEN' : 'KEY'}"`;
  const body = `-H 'Content-Type: application/json' -d '{"user_id":"user_123","amount":10.5}'`;
  return `curl -i ${url}/reservations${credential} ${body}`;
}
