/**
 * Compares every answer of the service with its document: those of servers in the process of the tests as they are sent,
 * and those of other processes as `fetch` reads them. Answers of the service have an X-Request-Id. Loads nothing for tests
 * without one.
 */
import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type AddressInfo, Socket } from 'node:net';
import { afterAll, afterEach, expect } from 'vitest';
import type { ObservedAnswer } from './answers-fixture.ts';

const REQUEST_ID = 'x-request-id';
const HAS_REQUEST_ID = /^x-request-id:/im;

const checks: Promise<readonly string[]>[] = [];
/** Ports of servers in this process. */
const ownPorts = new Set<string>();

type Sent = Omit<ObservedAnswer, 'headers'> & { readonly headers: string | ReadonlyMap<string, string> };

async function check({ headers: sent, ...answer }: Sent): Promise<readonly string[]> {
  const { readHead, violationsOf } = await import('./answers-fixture.ts');
  const headers = typeof sent === 'string' ? readHead(sent) : sent;
  return violationsOf({ ...answer, headers });
}

/** What was written of the answers under way, with the request as it arrived: frameworks change its URL. */
const underWay = new WeakMap<ServerResponse, { readonly url: string; readonly chunks: Buffer[] }>();

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** Keeps what is written of an answer, whichever way. */
function follow({ request, response }: Exchange): void {
  const chunks: Buffer[] = [];
  const { write, end } = response;
  const keep = (chunk: unknown): void => {
    if (typeof chunk === 'string' || chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk));
  };
  response.write = (...args: [unknown]) => {
    keep(args[0]);
    return Reflect.apply(write, response, args) as boolean;
  };
  response.end = (...args: [unknown]) => {
    keep(args[0]);
    return Reflect.apply(end, response, args) as ServerResponse;
  };
  underWay.set(response, { url: request.url ?? '', chunks });
  // A handler for the Web's requests has a server without a network.
  if (request.socket instanceof Socket) ownPorts.add(String((request.socket.address() as Partial<AddressInfo>).port));
}

function finish({ request: { method = '' }, response }: Exchange): void {
  const { url, chunks } = underWay.get(response) ?? { url: '', chunks: [] };
  // The head as it was sent.
  const { _header: headers } = response as unknown as { readonly _header: string };
  if (!HAS_REQUEST_ID.test(headers)) return;
  const [path = ''] = url.split('?');
  const body = Buffer.concat(chunks).toString();
  checks.push(check({ request: { method, path }, status: response.statusCode, headers, body }));
}

subscribe('http.server.request.start', (message) => follow(message as Exchange));
subscribe('http.server.response.finish', (message) => finish(message as Exchange));

// The guard of connections answers what is no request with bytes of its own.
const { end: endSocket } = Socket.prototype;
Socket.prototype.end = function end(this: Socket, ...args: [unknown]) {
  const [bytes] = args;
  if (typeof bytes === 'string' && bytes.startsWith('HTTP/1.1 ') && HAS_REQUEST_ID.test(bytes)) {
    const [headers = '', body = ''] = bytes.split('\r\n\r\n');
    checks.push(check({ request: null, status: Number(bytes.split(' ', 2)[1]), headers, body }));
  }
  return Reflect.apply(endSocket, this, args) as Socket;
};

const { fetch } = globalThis;
globalThis.fetch = async (input, init) => {
  const response = await fetch(input, init);
  const { method, url } = input instanceof Request ? input : { method: init?.method ?? 'GET', url: String(input) };
  const { port, pathname: path } = new URL(url);
  if (ownPorts.has(port) || !response.headers.has(REQUEST_ID)) return response;
  const { status } = response;
  const body = await response.text();
  checks.push(check({ request: { method, path }, status, headers: new Map(response.headers), body }));
  return new Response(body === '' ? null : body, response);
};

async function report(): Promise<void> {
  const violations = await Promise.all(checks.splice(0));
  expect(violations.flat(), 'answers that the definition of the wire does not declare').toEqual([]);
}

afterEach(report);
afterAll(report);
