import { readFile } from 'node:fs/promises';

/** A request as it was sent. Only the headers that the service reads are kept: no credentials, no addresses. */
export interface RecordedRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/** An answer: what clients read of it. */
export interface RecordedAnswer {
  readonly status: number;
  readonly contentType: string | null;
  readonly body: string;
}

/** A request and its answer: one line of a recording. */
export interface Exchange {
  readonly request: RecordedRequest;
  readonly answer: RecordedAnswer;
}

/** Names of the headers that a recording keeps. */
export const KEPT_HEADERS = ['accept', 'content-type', 'idempotency-key'] as const;

/** Reads a recording, a file of JSON lines. @throws {Error} for a line that is none, naming its number. */
export async function readRecording(file: string): Promise<readonly Exchange[]> {
  const lines = (await readFile(file, 'utf8')).split('\n');
  return lines.flatMap((line, index) => {
    if (line.trim() === '') return [];
    try {
      return [JSON.parse(line) as Exchange];
    } catch (error) {
      throw new Error(`${file}, line ${index + 1}: expected one exchange as JSON`, { cause: error });
    }
  });
}

/** Sends a request to a service and returns what it answers. Redirects are answers. */
export async function send(base: string, request: RecordedRequest): Promise<RecordedAnswer> {
  const { method, path, headers, body } = request;
  const response = await fetch(base.replace(/\/$/, '') + path, {
    method,
    headers,
    body,
    redirect: 'manual',
    signal: AbortSignal.timeout(40_000),
  });
  return {
    status: response.status,
    contentType: response.headers.get('content-type'),
    body: await response.text(),
  };
}
