import {
  createServer,
  type IncomingMessage,
  request as sendRequest,
  type RequestListener,
  type Server,
} from 'node:http';
import { type Duplex, duplexPair, Readable } from 'node:stream';
import { guardConnections } from '../pipeline/connection-errors.ts';

/** Headers of a connection, which the one between here and the handler has itself (RFC 9110, 7.6.1). */
const CONNECTION_HEADERS = [
  'connection',
  'content-length',
  'expect',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

/** Larger than what any server in front passes on. */
const HEADERS_BYTES_MAX = 256 * 1024;

/** Statuses whose response has no body, by the Web's standard. */
const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 205, 304]);

/**
 * Makes a listener of Node a function from a Web-standard request to its response. Each request passes through an HTTP
 * server of the platform over a pair of streams in memory, without a network, so that it is handled as one that came
 * over a connection. An abort of the request, or the cancellation of its response, ends that connection.
 */
export function createBridge(listener: RequestListener, limitBytes: number): (request: Request) => Promise<Response> {
  const consumed = new WeakSet<Duplex>();
  const server = serverInMemory((request, response) => {
    if (!consumed.has(request.socket)) listener(request, response);
    // The body that stands for the one that was read before is read before as well.
    else request.resume().once('end', () => listener(request, response));
  });

  return async (request) => {
    request.signal.throwIfAborted();
    const isConsumed = request.bodyUsed || request.body?.locked === true;
    const body = isConsumed ? Buffer.from('-') : await readAtMost(request, limitBytes);
    const [near, far] = duplexPair();
    // The server takes the end of one direction for a client that still waits for its answer.
    near.once('close', () => far.destroy());
    if (isConsumed) consumed.add(far);
    server.emit('connection', far);
    return toResponse(await send(request, body, near), request.method);
  };
}

/** Returns a server that never listens: connections are handed to it. */
function serverInMemory(listener: RequestListener): Server {
  const server = createServer({ maxHeaderSize: HEADERS_BYTES_MAX, requestTimeout: 0 }, listener);
  guardConnections(server);
  return server;
}

/** Reads a body up to its end, or up to the first piece beyond the limit: the handler refuses what is that large. */
async function readAtMost(request: Request, limitBytes: number): Promise<Buffer | null> {
  if (request.body === null) return null;
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of request.body) {
    chunks.push(chunk);
    sizeBytes += chunk.byteLength;
    if (sizeBytes > limitBytes) break;
  }
  return Buffer.concat(chunks).subarray(0, limitBytes + 1);
}

function send(request: Request, body: Buffer | null, connection: Duplex): Promise<IncomingMessage> {
  const url = new URL(request.url);
  const headers = new Headers(request.headers);
  for (const name of CONNECTION_HEADERS) headers.delete(name);
  if (!headers.has('host')) headers.set('host', url.host);
  headers.set('connection', 'close');
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const outgoing = sendRequest({
    method: request.method,
    path: url.pathname + url.search,
    headers: Object.fromEntries(headers),
    maxHeaderSize: HEADERS_BYTES_MAX,
    createConnection: () => connection,
  });
  outgoing.once('response', resolve).on('error', reject);
  if (body !== null) outgoing.setHeader('Content-Length', body.length);
  outgoing.end(body ?? undefined);
  function abort(): void {
    outgoing.destroy(request.signal.reason instanceof Error ? request.signal.reason : undefined);
  }
  request.signal.addEventListener('abort', abort, { once: true });
  connection.once('close', () => request.signal.removeEventListener('abort', abort));
  return promise;
}

function toResponse(message: IncomingMessage, method: string): Response {
  const { statusCode: status = 500, statusMessage: statusText = '' } = message;
  const headers = new Headers();
  for (let index = 0; index < message.rawHeaders.length; index += 2) {
    const name = message.rawHeaders[index] ?? '';
    const isOfConnection = name.toLowerCase() !== 'content-length' && CONNECTION_HEADERS.includes(name.toLowerCase());
    if (!isOfConnection) headers.append(name, message.rawHeaders[index + 1] ?? '');
  }
  if (method === 'HEAD' || WITHOUT_BODY.has(status)) {
    message.resume();
    return new Response(null, { status, statusText, headers });
  }
  return new Response(Readable.toWeb(message) as ReadableStream<Uint8Array>, { status, statusText, headers });
}
