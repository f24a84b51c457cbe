import type { Answer, Heard } from './answer.ts';
import { startTimer, type Timer } from './timer.ts';

/** Where and how requests are sent. */
export interface Connection {
  /** Address of the service, without a slash at its end. */
  readonly base: string;
  readonly fetch: typeof globalThis.fetch;
  token(): string | null | Promise<string>;
}

/** One request. */
export interface Call {
  readonly method: 'GET' | 'POST';
  /** Below the address of the service. */
  readonly path: `/${string}`;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Time for the whole answer. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

/** Prepares requests to a service. @throws {TypeError} for an address that is none of a service. */
export function connectionTo(
  baseUrl: string | URL,
  token: string | (() => string | Promise<string>) | undefined,
  fetch: typeof globalThis.fetch | undefined,
): Connection {
  return {
    base: addressOf(String(baseUrl)),
    // Looked up for each request, so that an instrumentation that replaces it later is used.
    fetch: fetch ?? ((input, init) => globalThis.fetch(input, init)),
    token: typeof token === 'function' ? token : () => token ?? null,
  };
}

function addressOf(text: string): string {
  const { location } = globalThis as { readonly location?: { readonly href: string } };
  const url = URL.parse(text, location?.href);
  const isAddress = url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
  if (!isAddress || url.search !== '' || url.hash !== '')
    throw new TypeError(
      `baseUrl: expected an http or https URL without user, query and fragment, found ${shown(text)}`,
    );
  return url.origin + url.pathname.replace(/\/+$/, '');
}

/** The text without what may be a password. */
function shown(text: string): string {
  return JSON.stringify(text.replace(/\/\/[^/]*@/, '//…@'));
}

/**
 * Sends a request and reads its answer. Once it is sent, everything that goes wrong is a value: it is not known what the
 * service did. @throws what goes wrong before that: the reason of the signal, an error of the token, a header that is none.
 */
export async function exchange(connection: Connection, call: Call): Promise<Heard> {
  const timer = startTimer(call.timeoutMs, call.signal);
  try {
    const headers = await headersFor(connection, timer, { Accept: JSON_TYPES, ...call.headers });
    return await timer.race(send(connection, call, headers, timer.signal)).catch((cause: unknown) => ({
      kind: 'none' as const,
      cause,
    }));
  } finally {
    timer.stop();
  }
}

const JSON_TYPES = 'application/json, application/problem+json';

/** Headers of a request, with the token. */
export async function headersFor(
  connection: Connection,
  timer: Timer,
  members: Readonly<Record<string, string>>,
): Promise<Headers> {
  const headers = new Headers(members);
  const token = await timer.race(Promise.resolve(connection.token()));
  if (token !== null) headers.set('Authorization', `Bearer ${readToken(token)}`);
  return headers;
}

/** @throws {TypeError} for a text that cannot be sent; without the text, which is a secret. */
function readToken(token: string): string {
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new TypeError('token: expected visible ASCII characters');
}

async function send({ base, fetch }: Connection, call: Call, headers: Headers, signal: AbortSignal): Promise<Heard> {
  const { method, path, body = null } = call;
  // A redirect is not followed: it would turn a POST into a GET, or send it to another service.
  const response = await fetch(base + path, { method, headers, body, signal, redirect: 'manual' });
  return await answerOf(response);
}

/** Reads an answer to its end. */
export async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text();
  return { kind: 'answer', status: response.status, headers: response.headers, body: parse(text) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
