import { createServer } from 'node:net';

/** Bounds below the range of ports for outgoing connections. */
const PORT_MIN = 12_000;
const PORT_MAX = 31_999;
const ATTEMPTS_MAX = 100;

/**
 * Returns a port that is free now. No outgoing connection takes it while the process that listens on it is down: a
 * client that dials a closed port of the range of outgoing ports may even connect to itself.
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
