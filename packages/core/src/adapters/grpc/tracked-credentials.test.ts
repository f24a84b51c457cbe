import { createServer, connect, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { ChannelCredentials } from '@grpc/grpc-js';
import { expect, onTestFinished, test } from 'vitest';
import { TrackedCredentials } from './tracked-credentials.ts';

test.each([
  ['before', false],
  ['after', true],
])('a connection that is established %s the sockets are destroyed is destroyed', async (_, isLate) => {
  const server = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const credentials = new TrackedCredentials(ChannelCredentials.createInsecure());
  const connector = credentials._createSecureConnector({ scheme: 'dns', path: '127.0.0.1' }, {});
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  await once(socket, 'connect');
  if (isLate) credentials.destroySockets();
  void Promise.resolve(connector.connect(socket)).catch(() => undefined);
  if (!isLate) credentials.destroySockets();
  expect(socket.destroyed).toBe(true);
});
