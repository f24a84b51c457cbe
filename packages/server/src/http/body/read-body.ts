import type { IncomingMessage } from 'node:http';
import { announcesBody } from './invite-body.ts';

/** A request's body, or why there is none. */
export type BodyRead =
  | { readonly kind: 'read'; readonly bytes: Buffer }
  /** The application around us read the stream and left this value: Express with `express.json()`. */
  | { readonly kind: 'parsed'; readonly value: unknown }
  /** The application around us read the stream, or a part of it, and left nothing. */
  | { readonly kind: 'consumed' }
  | { readonly kind: 'too-large' }
  /** The client went away. */
  | { readonly kind: 'aborted' };

/** How much of a body that is too large is still read, and for how long. */
const DISCARDED_BYTES_MAX = 16 * 1024 * 1024;
const DISCARDING_MS_MAX = 2_000;

/**
 * Reads on and forgets what it reads, within bounds. A client that sends all of its request before it reads would
 * not see an answer whose connection is closed while it sends.
 */
export function discardBody(request: IncomingMessage, msMax: number = DISCARDING_MS_MAX): Promise<void> {
  return new Promise((resolve) => {
    if (request.readableEnded || request.destroyed) return resolve();
    let sizeBytes = 0;
    function finish(): void {
      clearTimeout(patience);
      request.off('data', drop).off('end', finish).off('error', finish).off('close', finish).pause();
      resolve();
    }
    function drop(chunk: Buffer): void {
      sizeBytes += chunk.length;
      if (sizeBytes > DISCARDED_BYTES_MAX) finish();
    }
    const patience = setTimeout(finish, msMax);
    request.on('data', drop).on('end', finish).on('error', finish).on('close', finish).resume();
  });
}

/**
 * Reads a request's body, and stops reading as soon as it is larger than `limitBytes`. When the application around us
 * has begun to read it, takes the bytes that it left in `request.rawBody` (Nest, functions in a cloud), else what it left in
 * `request.body`.
 */
export async function readBody(request: IncomingMessage, limitBytes: number): Promise<BodyRead> {
  if (Number(request.headers['content-length'] ?? 0) > limitBytes) return { kind: 'too-large' };
  if (request.readableEnded || request.readableDidRead) return takeBody(request, limitBytes);
  if (request.destroyed) return { kind: 'aborted' };
  return await new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let sizeBytes = 0;
    function finish(result: BodyRead): void {
      request.off('data', take).off('end', end).off('error', abort).off('close', abort);
      resolve(result);
    }
    function take(data: Buffer | string): void {
      // The application around us may have set an encoding.
      const chunk = typeof data === 'string' ? Buffer.from(data, request.readableEncoding ?? 'utf8') : data;
      sizeBytes += chunk.length;
      chunks.push(chunk);
      if (sizeBytes <= limitBytes) return;
      request.pause();
      finish({ kind: 'too-large' });
    }
    function end(): void {
      finish({ kind: 'read', bytes: Buffer.concat(chunks, sizeBytes) });
    }
    function abort(): void {
      finish({ kind: 'aborted' });
    }
    // The application around us may have paused it.
    request.on('data', take).on('end', end).on('error', abort).on('close', abort).resume();
  });
}

function takeBody(request: IncomingMessage, limitBytes: number): BodyRead {
  const { body: parsed, rawBody } = request as IncomingMessage & {
    readonly body?: unknown;
    readonly rawBody?: unknown;
  };
  const body = Buffer.isBuffer(rawBody) ? rawBody : parsed;
  if (body === undefined)
    return announcesBody(request) ? { kind: 'consumed' } : { kind: 'read', bytes: Buffer.alloc(0) };
  const isBytes = typeof body === 'string' || body instanceof Uint8Array;
  if (!isBytes) return { kind: 'parsed', value: body };
  const bytes = Buffer.from(body);
  return bytes.length > limitBytes ? { kind: 'too-large' } : { kind: 'read', bytes };
}
