import { createServer } from 'node:net';

/** Below the range from which systems take the ports of outgoing connections. */
const PORT_MIN = 12_000;
const PORT_MAX = 31_999;
const ATTEMPTS_MAX = 100;

/**
 * A port that is free now, and that no outgoing connection will take while the process that listens on it is dead:
 * whoever dials a dead port of that range may even end up connected to itself.
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    const port = PORT_MIN + Math.floor(Math.random() * (PORT_MAX - PORT_MIN + 1));
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port was found in ${ATTEMPTS_MAX} attempts`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
