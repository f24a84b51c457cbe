import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ClusterAddress, Settings } from './cluster-address.ts';

/** A PostgreSQL server with its files in a temporary directory. */
export interface PostgresServer extends ClusterAddress {
  /** Fast shutdown: cuts connections and keeps what was committed. No effect when it is down. */
  stop(): Promise<void>;
  /** Kills all of its processes at once, as when the machine fails. No effect when it is down. */
  kill(): Promise<void>;
  /** Starts it again on the same port and files. Resolves when it accepts connections. */
  start(): Promise<void>;
  /** Stops all of its processes with SIGSTOP until {@link thaw}: connections stay open without answers. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  /** Kills it and removes its files. Also happens when this process ends. */
  remove(): Promise<void>;
}

/** The source of a server's files. An empty server tries `ports` first. */
export type ServerSource =
  | { readonly kind: 'empty'; readonly ports: readonly number[] }
  | { readonly kind: 'standby'; readonly of: ClusterAddress };

/** A message to the process of a server. */
export type ServerCommand =
  | { readonly kind: 'create'; readonly source: ServerSource; readonly settings: Settings }
  | { readonly kind: 'start' | 'stop' | 'kill' | 'freeze' | 'thaw' | 'remove' };

/** A message from the process of a server: once it runs, and after each command. */
export type ServerAnswer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly address: ClusterAddress }
  | { readonly kind: 'failed'; readonly message: string };

/**
 * Starts a server, in about a second. `settings` are those of postgresql.conf, in addition to those for tests. It
 * listens on the first of `ports` that is free, or on another free one.
 */
export function startPostgres(settings: Settings = {}, ports: readonly number[] = []): Promise<PostgresServer> {
  return start({ kind: 'create', source: { kind: 'empty', ports }, settings });
}

/**
 * Starts a standby with a copy of a running server, which may be under load. The standby follows the server of
 * `settings.primary_conninfo`.
 */
export function startStandby(of: ClusterAddress, settings: Settings): Promise<PostgresServer> {
  const { url, directory } = of;
  return start({ kind: 'create', source: { kind: 'standby', of: { url, directory } }, settings });
}

async function start(command: ServerCommand): Promise<PostgresServer> {
  const script = fileURLToPath(new URL('server-process.ts', import.meta.url));
  // Detached: Ctrl-C reaches only this process, whose end disconnects the other one.
  const child = fork(script, { detached: true, execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  await answerOf(child);
  const { url, directory } = await tell(child, command);
  const telling = (kind: Exclude<ServerCommand['kind'], 'create'>) => async (): Promise<void> => {
    await tell(child, { kind });
  };
  return {
    url,
    directory,
    stop: telling('stop'),
    kill: telling('kill'),
    start: telling('start'),
    freeze: telling('freeze'),
    thaw: telling('thaw'),
    async remove() {
      const exited = once(child, 'exit');
      await tell(child, { kind: 'remove' });
      child.disconnect();
      await exited;
    },
  };
}

async function tell(child: ChildProcess, command: ServerCommand): Promise<ClusterAddress> {
  const answer = answerOf(child);
  child.send(command);
  const reply = await answer;
  if (reply.kind === 'done') return reply.address;
  throw new Error(`the process of the PostgreSQL server answered "${reply.kind}"`);
}

function answerOf(child: ChildProcess): Promise<ServerAnswer> {
  return new Promise((resolve, reject) => {
    function onExit(): void {
      reject(new Error('the process of the PostgreSQL server ended'));
    }
    child.once('exit', onExit);
    child.once('message', (answer: ServerAnswer) => {
      child.off('exit', onExit);
      if (answer.kind === 'failed') reject(new Error(`PostgreSQL failed to ${answer.message}`));
      else resolve(answer);
    });
  });
}
