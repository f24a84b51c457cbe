import { appendFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type Exchange, KEPT_HEADERS, type RecordedRequest, send } from './exchange.ts';

/** Where the recorder listens, whom it asks, and what it writes to. */
export interface RecordOptions {
  /** Base URL of the service that answers. */
  readonly from: string;
  readonly file: string;
}

/** Returns a server that passes each request on, answers with what came back, and appends both to the recording. */
export function createRecorder({ from, file }: RecordOptions): Server {
  return createServer((request, response) => {
    passOn(request, response).catch((error: unknown) => {
      console.error(`${request.method} ${request.url}: not recorded:`, error);
      if (!response.headersSent) response.writeHead(502);
      response.end();
    });
  });

  async function passOn(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await read(incoming);
    const answer = await send(from, request);
    const exchange: Exchange = { request, answer };
    await appendFile(file, `${JSON.stringify(exchange)}\n`);
    response.writeHead(answer.status, answer.contentType === null ? {} : { 'Content-Type': answer.contentType });
    response.end(answer.body);
  }
}

async function read(incoming: IncomingMessage): Promise<RecordedRequest> {
  const { method = 'GET', url: path = '/' } = incoming;
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const headers: Record<string, string> = {};
  for (const name of KEPT_HEADERS) {
    const value = incoming.headers[name];
    if (typeof value === 'string') headers[name] = value;
  }
  const hasBody = chunks.length > 0 && method !== 'GET' && method !== 'HEAD';
  return { method, path, headers, body: hasBody ? Buffer.concat(chunks).toString('utf8') : null };
}
