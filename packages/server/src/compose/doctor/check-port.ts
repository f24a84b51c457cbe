import { createServer } from 'node:net';
import { failed, type Finding, ok } from './finding.ts';

/** Checks that a server could listen, by listening for a moment. `check` names it, `setting` is the flag of its port. */
export async function checkPort(
  check: string,
  { host, port, setting }: { readonly host: string; readonly port: number; readonly setting: string },
): Promise<Finding> {
  const place = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const fault = await listenFault(host, port);
  if (fault === null) return ok(check, port === 0 ? `a free port of ${host}` : `${place} is free`);
  if (fault.code === 'EADDRINUSE') {
    if (await isOurServer(host, port)) return ok(check, `${place} is in use, by a server that answers`);
    return failed(check, `${place} is in use`, `stop the program that listens there, or set ${setting}`);
  }
  if (fault.code === 'EACCES') {
    return failed(check, `${place} may not be used`, `set ${setting} to a port from 1024 on`);
  }
  if (fault.code === 'EADDRNOTAVAIL' || fault.code === 'ENOTFOUND') {
    return failed(check, `${host} is no address of this machine`, 'set --host to one, or to 0.0.0.0 for all');
  }
  return failed(check, `${place}: ${fault.message}`, `set --host or ${setting}`);
}

function listenFault(host: string, port: number): Promise<NodeJS.ErrnoException | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', resolve);
    server.listen(port, host, () => server.close(() => resolve(null)));
  });
}

/** The doctor may be asked beside the server that it is asked about. */
async function isOurServer(host: string, port: number): Promise<boolean> {
  const reached = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  try {
    const url = `http://${reached.includes(':') ? `[${reached}]` : reached}:${port}/health/live`;
    const answer = await fetch(url, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS), redirect: 'error' });
    return (await answer.text()) === '{"status":"alive"}';
  } catch {
    return false;
  }
}

const PROBE_TIMEOUT_MS = 2_000;
