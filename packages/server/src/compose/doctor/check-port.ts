import { get } from 'node:http';
import { get as getOverTls } from 'node:https';
import { createServer } from 'node:net';
import { failed, type Finding, ok } from './finding.ts';

/** A port that a server needs, and how a server of ours that has it already is recognized. */
export interface NeededPort {
  readonly host: string;
  readonly port: number;
  /** True for HTTPS. */
  readonly isTls: boolean;
  /** The flag of the port. */
  readonly setting: string;
  /** A path that our server answers there. */
  readonly path: string;
  /** Text in that answer. */
  readonly answer: string;
}

/** The port of the API. */
export const API_PORT = { setting: '--port', path: '/health/live', answer: '{"status":"alive"}' } as const;

/** The port of the metrics. */
export const METRICS_PORT = { setting: '--metrics-port', path: '/metrics', answer: 'reservations_build_info' } as const;

/** Checks that a server could listen, by listening for a moment. */
export async function checkPort(check: string, needed: NeededPort): Promise<Finding> {
  const { host, port, setting } = needed;
  const place = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const fault = await listenFault(host, port);
  if (fault === null) return ok(check, port === 0 ? `a free port of ${host}` : `${place} is free`);
  if (fault.code === 'EADDRINUSE') {
    if (await isOurServer(needed)) return ok(check, `${place} is in use, by a server that answers`);
    return failed(check, `${place} is in use`, `stop the program that listens there, or set ${setting}`);
  }
  if (fault.code === 'EACCES') {
    return failed(check, `${place} may not be used`, `set ${setting} to a port from 1024 on`);
  }
  if (fault.code === 'EADDRNOTAVAIL' || fault.code === 'ENOTFOUND') {
    return failed(
      check,
      `${host} is no address of this machine`,
      'set the host to one of its addresses, or to 0.0.0.0 for all',
    );
  }
  return failed(check, `${place}: ${fault.message}`, `change the address, or set ${setting}`);
}

function listenFault(host: string, port: number): Promise<NodeJS.ErrnoException | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', resolve);
    server.listen(port, host, () => server.close(() => resolve(null)));
  });
}

/** The doctor may be asked beside the server that it is asked about. */
function isOurServer({ host, port, isTls, path, answer }: NeededPort): Promise<boolean> {
  const reached = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  // Only the answer counts here: clients verify the certificate, by a name that is not known here.
  const options = { host: reached, port, path, timeout: PROBE_TIMEOUT_MS, agent: false, rejectUnauthorized: false };
  return new Promise((resolve) => {
    const sent = (isTls ? getOverTls : get)(options, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      response.on('end', () => resolve(body.includes(answer)));
      response.on('error', () => resolve(false));
    });
    sent.on('timeout', () => sent.destroy());
    sent.on('error', () => resolve(false));
    sent.on('close', () => resolve(false));
  });
}

const PROBE_TIMEOUT_MS = 2_000;
