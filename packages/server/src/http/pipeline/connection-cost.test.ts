import { channel } from 'node:diagnostics_channel';
import { Agent, request } from 'node:http';
import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { startService } from '../service-fixture.ts';

const REQUEST_BEGINS = channel('http.server.request.start');

/** The connections of the servers of this process, as requests arrive on them. */
function watchSockets(): readonly Socket[] {
  const sockets: Socket[] = [];
  const note = (message: unknown): void => void sockets.push((message as { readonly socket: Socket }).socket);
  REQUEST_BEGINS.subscribe(note);
  onTestFinished(() => REQUEST_BEGINS.unsubscribe(note));
  return sockets;
}

/** Counts the listeners once the events of the last answer have been handled. */
async function listenersOf(socket: Socket): Promise<Record<string, number>> {
  await nextTurn();
  return Object.fromEntries(socket.eventNames().map((name) => [String(name), socket.listenerCount(name)]));
}

test('a request leaves nothing behind on the connection that it came on', async () => {
  const sockets = watchSockets();
  const { server } = await startService();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => agent.destroy());

  function post(): Promise<number | undefined> {
    const { promise, resolve } = Promise.withResolvers<number | undefined>();
    const headers = { 'Content-Type': 'application/json' };
    const sent = request(`${server.url}/reservations`, { method: 'POST', agent, headers }, (response) => {
      response.resume().on('close', () => resolve(response.statusCode));
    });
    sent.end(JSON.stringify({ user_id: 'u1', amount: 10.5 }));
    return promise;
  }

  expect(await post()).toBe(200);
  const [connection] = sockets;
  if (connection === undefined) throw new Error('no request has arrived');
  const listeners = await listenersOf(connection);
  for (let more = 0; more < 5; more += 1) expect(await post()).toBe(200);
  expect(new Set(sockets).size).toBe(1);
  expect(await listenersOf(connection)).toEqual(listeners);
});
