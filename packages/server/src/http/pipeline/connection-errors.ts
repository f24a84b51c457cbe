import { randomUUID } from 'node:crypto';
import { type Server, Server as HttpServer, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { readInSlices, readsOf } from './connection-reads.ts';
import { destroyStalled } from './connection-stalls.ts';
import { WAITING_MAX } from './connection-turn.ts';
import { corsHeaders } from './cors.ts';
import { checkCorsOrigins, type CorsOrigins } from '../../config/cors-origins.ts';
import { announcesBody, inviteOnRead } from '../body/invite-body.ts';
import { type Problem, problemBody, PROBLEMS } from '../problems/problems.ts';
import { ANSWER_HEADERS, SECURITY_HEADERS } from '../wire/headers.ts';

/** Requests of one connection that are under way, in any handler, before no more are read from it. */
const UNDER_WAY_MAX: number = WAITING_MAX + 1;

/** Options of {@link guardConnections}. */
export interface GuardOptions {
  /** Origins whose pages may read the answers. Default: "none". */
  readonly corsOrigins?: CorsOrigins;
}

/** A guard over the connections of a server. */
export interface ConnectionGuard {
  /**
   * Answers what is arriving on a connection with a problem, unless a request that has arrived is under way: that one gets
   * its own answer. Ends the connection.
   */
  refuse(socket: Duplex, problem: Problem): void;
}

/**
 * Prepares an HTTP server for requests that may charge. Clients that close their half of the connection behind a
 * request are answered. What goes wrong beside requests (no HTTP, too large, too slow, a tunnel, an expectation that
 * cannot be met) is answered in the shape of all errors, and never in place of a request that has arrived: that one
 * may be charging, so it gets its own answer, and then the connection ends. A client that waits for `100 Continue` gets it
 * when its body is read, and not when the request is refused before. Few requests of one connection are parsed ahead,
 * whichever handlers have them. Replaces listeners for `clientError`. Call it once, before the server listens.
 * @throws {ReservationError} INVALID_OPTION, naming option, expectation and value.
 */
export function guardConnections(server: Server, options: GuardOptions = {}): void {
  createConnectionGuard(server, options);
}

/** Guards of servers. Of two guards, each would take the listener of the other for one of the application. */
const guards = new WeakMap<Server, ConnectionGuard>();

/**
 * Does what {@link guardConnections} does, and returns the function that refuses what arrives on a connection. A server has one
 * guard, with the options of the first call.
 */
export function createConnectionGuard(server: Server, options: GuardOptions): ConnectionGuard {
  const guard = guards.get(server) ?? makeGuard(server, options);
  guards.set(server, guard);
  return guard;
}

function makeGuard(server: Server, options: GuardOptions): ConnectionGuard {
  const corsOrigins = checkCorsOrigins(options.corsOrigins ?? 'none');
  const underWay = new WeakMap<Duplex, ServerResponse[]>();
  const ending = new WeakSet<Duplex>();

  function refuse(socket: Duplex, problem: Problem): void {
    if (ending.has(socket)) return;
    ending.add(socket);
    const responses = underWay.get(socket) ?? [];
    const arrived = responses.findLast(({ req }) => req.complete);
    const [arriving] = responses;
    if (arrived !== undefined) endAfter(arrived, socket as Socket);
    else if (arriving === undefined) socket.end(rawAnswer(problem, corsOrigins), () => socket.destroy());
    else if (arriving.headersSent) (socket as Socket).destroySoon();
    else answerInstead(arriving, problem, corsOrigins);
  }

  // Requests over TLS arrive on a socket of their own.
  server.on(server instanceof HttpServer ? 'connection' : 'secureConnection', readInSlices);
  destroyStalled(server);
  // No option of `createServer` sets it.
  Object.assign(server, { httpAllowHalfOpen: true });
  server.on('checkExpectation', (request, response) => void server.emit('request', request, response));
  server.on('checkContinue', (request, response) => {
    // The application's own listener passes the request on; twice would be two requests.
    if (server.listenerCount('checkContinue') > 1) return;
    if (announcesBody(request)) inviteOnRead(request, response);
    else response.writeContinue();
    server.emit('request', request, response);
  });
  // Before the application handles the request.
  server.prependListener('request', ({ socket }, response) => {
    let responses = underWay.get(socket);
    // A list: a Set would keep what was in it (see docs/decisions/0066-nothing-keeps-a-request-that-has-ended.md).
    if (responses === undefined) underWay.set(socket, (responses = []));
    responses.push(response);
    if (responses.length === UNDER_WAY_MAX) readsOf(socket).hold();
    response.once('close', () => {
      responses.splice(responses.indexOf(response), 1);
      if (responses.length === UNDER_WAY_MAX - 1) readsOf(socket).release();
    });
  });
  // A framework's own, such as Fastify's, would answer in place of a request that is under way.
  server.removeAllListeners('clientError');
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    // A connection whose TLS handshake failed cannot carry an answer.
    if (error.code === 'ECONNRESET' || isTlsFault(error.code)) socket.destroy();
    // The last answer was given, and may still be on its way.
    else if (!socket.writable) (socket as Socket).destroySoon();
    else refuse(socket, problemOf(error.code));
  });
  server.on('connect', (_request, socket) => {
    // The listener of `connect` owns the connection.
    socket.on('error', () => socket.destroy());
    refuse(socket, TUNNEL_REFUSED);
  });
  return { refuse };
}

const TUNNEL_REFUSED: Problem = {
  code: 'method_not_allowed',
  detail: PROBLEMS.method_not_allowed.title,
  headers: { Allow: 'GET, HEAD, OPTIONS, POST' },
};

function isTlsFault(code: string | undefined): boolean {
  return /^ERR_(SSL|TLS)_/.test(code ?? '');
}

function problemOf(code: string | undefined): Problem {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return { code: 'request_timeout', detail: 'The request did not arrive in time' };
  }
  return code === 'HPE_HEADER_OVERFLOW'
    ? { code: 'headers_too_large', detail: 'The headers are too large, or too many' }
    : { code: 'malformed_request', detail: 'The request is not valid HTTP' };
}

function endAfter(response: ServerResponse, socket: Socket): void {
  if (!response.headersSent) response.setHeader('Connection', 'close');
  // Before the platform gives the connection to the next response, which would begin the work on its request.
  response.prependOnceListener('finish', () => socket.destroySoon());
}

/** Answers a request that has not arrived yet, under the id that the log has for it. */
function answerInstead(response: ServerResponse, problem: Problem, origins: CorsOrigins): void {
  const known = response.getHeader('X-Request-Id');
  const requestId = typeof known === 'string' ? known : randomUUID();
  const { status, headers, body } = rawParts(problem, requestId, corsHeaders(origins, response.req.headers.origin));
  // Those of the answer that it would have had.
  for (const name of Object.keys(ANSWER_HEADERS)) response.removeHeader(name);
  // Ends the readers that wait for the rest of the request.
  response.once('close', () => response.req.destroy());
  response.writeHead(status, headers).end(body);
}

function rawAnswer(problem: Problem, origins: CorsOrigins): string {
  const { status, headers, body } = rawParts(problem, randomUUID(), corsHeaders(origins, undefined));
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines, '', body].join('\r\n');
}

function rawParts(
  problem: Problem,
  requestId: string,
  cors: Readonly<Record<string, string>>,
): { readonly status: number; readonly headers: Record<string, string>; readonly body: string } {
  const body = JSON.stringify(problemBody(problem, { instance: '/', requestId }));
  const headers = {
    ...cors,
    ...problem.headers,
    ...SECURITY_HEADERS,
    'Content-Type': 'application/json',
    'Content-Length': String(Buffer.byteLength(body)),
    'X-Request-Id': requestId,
    Connection: 'close',
  };
  return { status: PROBLEMS[problem.code].status, headers, body };
}
