import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ClusterAddress, Settings } from './cluster.ts';

/** A PostgreSQL server of its own, with its files in a temporary directory. */
export interface PostgresServer extends ClusterAddress {
  /** Stops it as an operator would: connections are cut, what was committed is kept. Without effect when it is down. */
  stop(): Promise<void>;
  /** As if its machine had died: all of its processes are killed at once. Without effect when it is down. */
  kill(): Promise<void>;
  /** Starts it again, on the same port and the same files; resolves when it lets somebody in. */
  start(): Promise<void>;
  /** Lets all of its processes stand still until {@link thaw}: connections stay, and nobody answers. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  /** Kills it and removes its files, as happens also when this process ends without having asked for it. */
  remove(): Promise<void>;
}

/** Where a server's files come from. An empty one tries `ports` first. */
export type ServerSource =
  | { readonly kind: 'empty'; readonly ports: readonly number[] }
  | { readonly kind: 'standby'; readonly of: ClusterAddress };

/** What the process of a server is told. */
export type ServerCommand =
  | { readonly kind: 'create'; readonly source: ServerSource; readonly settings: Settings }
  | { readonly kind: 'start' | 'stop' | 'kill' | 'freeze' | 'thaw' | 'remove' };

/** What it says when it is there, and when it has done so. */
export type ServerAnswer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly address: ClusterAddress }
  | { readonly kind: 'failed'; readonly message: string };

/**
 * Starts a server, in about a second. `settings` are those of postgresql.conf, beside what tests need. It listens on
 * the first of `ports` that is free, or on any free one.
 */
export function startPostgres(settings: Settings = {}, ports: readonly number[] = []): Promise<PostgresServer> {
  return start({ kind: 'create', source: { kind: 'empty', ports }, settings });
}

/**
 * Starts a standby with a copy of a running server, under load if need be. `settings.primary_conninfo` says whom it
 * follows from there on.
 */
export function startStandby(of: ClusterAddress, settings: Settings): Promise<PostgresServer> {
  const { url, directory } = of;
  return start({ kind: 'create', source: { kind: 'standby', of: { url, directory } }, settings });
}

async function start(command: ServerCommand): Promise<PostgresServer> {
  const script = fileURLToPath(new URL('server-process.ts', import.meta.url));
  // In a group of its own: Ctrl-C reaches this process, and the end of this process reaches that one.
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
  const said = await answer;
  if (said.kind === 'done') return said.address;
  throw new Error(`the process of the PostgreSQL server said "${said.kind}"`);
}

function answerOf(child: ChildProcess): Promise<ServerAnswer> {
  return new Promise((resolve, reject) => {
    function onExit(): void {
      reject(new Error('the process of the PostgreSQL server ended'));
    }
    child.once('exit', onExit);
    child.once('message', (answer: ServerAnswer) => {
      child.off('exit', onExit);
      if (answer.kind === 'failed') reject(new Error(`PostgreSQL did not obey: ${answer.message}`));
      else resolve(answer);
    });
  });
}
