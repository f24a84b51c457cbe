import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A PostgreSQL server of its own, with its files in a temporary directory. */
export interface PostgresServer {
  /** Of its database "postgres", as superuser. */
  readonly url: string;
  /** Stops it as an operator would: connections are cut, what was committed is kept. */
  stop(): Promise<void>;
  /** Starts it again, on the same port and the same files. */
  start(): Promise<void>;
  /** Makes all of its processes stand still: connections stay, new ones are made, and nobody says anything. */
  pause(): Promise<void>;
  /** Lets them go on where they were. */
  resume(): Promise<void>;
  /** Stops it and removes its files, as happens also when this process ends without having asked for it. */
  remove(): Promise<void>;
}

/** What the process of a server is told. */
export type ServerCommand = 'initialise' | 'start' | 'stop' | 'pause' | 'resume' | 'remove';

/** What it says when it has done so; `url` is the server's. */
export type ServerAnswer =
  | { readonly kind: 'done'; readonly url: string }
  | { readonly kind: 'failed'; readonly message: string };

/** Starts a server, in about a second. */
export async function startPostgres(): Promise<PostgresServer> {
  const script = fileURLToPath(new URL('server-process.ts', import.meta.url));
  // In a group of its own: Ctrl-C reaches this process, and the end of this process reaches that one.
  const child = fork(script, { detached: true, execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  await answerOf(child);
  const url = await tell(child, 'initialise');
  return {
    url,
    async stop() {
      await tell(child, 'stop');
    },
    async start() {
      await tell(child, 'start');
    },
    async pause() {
      await tell(child, 'pause');
    },
    async resume() {
      await tell(child, 'resume');
    },
    async remove() {
      const exited = once(child, 'exit');
      await tell(child, 'remove');
      child.disconnect();
      await exited;
    },
  };
}

async function tell(child: ChildProcess, command: ServerCommand): Promise<string> {
  const answer = answerOf(child);
  child.send(command);
  return await answer;
}

function answerOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    function onExit(): void {
      reject(new Error('the process of the PostgreSQL server ended'));
    }
    child.once('exit', onExit);
    child.once('message', (answer: ServerAnswer) => {
      child.off('exit', onExit);
      if (answer.kind === 'done') resolve(answer.url);
      else reject(new Error(`PostgreSQL did not obey: ${answer.message}`));
    });
  });
}
