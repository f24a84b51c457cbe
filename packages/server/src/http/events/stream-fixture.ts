import { connect, type Socket } from 'node:net';
import { expect, onTestFinished } from 'vitest';

/** A connection that reads a stream of events. */
export interface StreamClient {
  readonly socket: Socket;
  /** All that has arrived. */
  received(): string;
  /** Positions of the events that have arrived. */
  positions(): readonly number[];
  /** Resolves when the server has closed the connection. */
  readonly closed: Promise<void>;
  /** Resolves when the text has arrived. */
  has(text: string | RegExp): Promise<void>;
}

/** Asks for a stream on a connection of its own. */
export function openStream(port: number, path: string, headers: Record<string, string> = {}): StreamClient {
  const socket = connect(port, '127.0.0.1');
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  let received = '';
  socket.on('data', (chunk) => (received += chunk.toString()));
  socket.on('error', () => undefined);
  socket.on('close', () => resolve());
  onTestFinished(() => void socket.destroy());
  const sent = { Host: 'x', Accept: 'text/event-stream', ...headers };
  const lines = Object.entries(sent).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`);
  return {
    socket,
    received: () => received,
    positions: () => Array.from(received.matchAll(/^id: (\d+)$/gm), (match) => Number(match[1])),
    closed,
    has: (text) => expect.poll(() => received, { timeout: 10_000 }).toMatch(text),
  };
}
