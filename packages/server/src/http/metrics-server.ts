import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { listen, urlOf } from './listen.ts';

/** Where metrics are served, and from what. */
export interface MetricsServerOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly contentType: string;
  expose(): Promise<string>;
}

/** A server of metrics that listens. */
export interface MetricsServer {
  /** Of the metrics themselves. */
  readonly url: string;
  /** Stops listening and ends every connection. */
  stop(): Promise<void>;
}

/** A scrape is short; a client that sends nothing or reads nothing holds a connection for this time at most. */
const SCRAPE_TIMEOUT_MS = 10_000;

const CONNECTIONS_MAX = 100;

/**
 * Answers `GET /metrics`, and nothing else, on a port of its own: what is reachable from outside need not reach it, and
 * it answers until the very end of a stop.
 * @throws {Error} when the address cannot be listened on.
 */
export async function startMetricsServer(options: MetricsServerOptions): Promise<MetricsServer> {
  const server = createServer(
    { requestTimeout: SCRAPE_TIMEOUT_MS, headersTimeout: SCRAPE_TIMEOUT_MS, keepAliveTimeout: SCRAPE_TIMEOUT_MS },
    (request, response) => void answer(request, response, options),
  );
  server.maxConnections = CONNECTIONS_MAX;
  server.setTimeout(SCRAPE_TIMEOUT_MS);
  await listen(server, options.host, options.port);
  const { port } = server.address() as AddressInfo;
  return {
    url: `${urlOf('http', options.host, port)}/metrics`,
    stop() {
      const { promise, resolve } = Promise.withResolvers<void>();
      server.close(() => resolve());
      server.closeAllConnections();
      return promise;
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { contentType, expose }: MetricsServerOptions,
): Promise<void> {
  const [path] = (request.url ?? '').split('?');
  if (path !== '/metrics') return end(response, 404, 'metrics are at /metrics\n');
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD');
    return end(response, 405, 'only GET and HEAD\n');
  }
  try {
    end(response, 200, await expose(), contentType);
  } catch (error) {
    end(response, 500, `${error instanceof Error ? error.message : String(error)}\n`);
  }
}

function end(response: ServerResponse, status: number, text: string, contentType = 'text/plain; charset=utf-8'): void {
  response.writeHead(status, { 'Content-Type': contentType, 'Cache-Control': 'no-store' }).end(text);
}
