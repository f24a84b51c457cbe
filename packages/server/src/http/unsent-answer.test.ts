import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test, vi } from 'vitest';
import { memoryLog } from '../observe/memory-log-fixture.ts';
import { startService } from './service-fixture.ts';

test('a client that leaves its stream of events is no warning: the line of its request tells', async () => {
  const log = memoryLog();
  const { server } = await startService({ logger: log.logger });
  const socket = connect(server.port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write('GET /events HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n');
  await once(socket, 'data');
  socket.destroy();
  await vi.waitFor(() => expect(log.lines().filter(({ route }) => route === '/events')).toHaveLength(1));
  await server.stop();
  expect(log.lines().filter(({ level }) => Number(level) >= 40)).toEqual([]);
});
