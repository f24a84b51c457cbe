import { errorOf } from './answer.ts';
import { answerOf, headersFor } from './connection.ts';
import type { Settings } from './options.ts';
import { startTimer } from './timer.ts';

/** The connection of a stream ended before the stream did, or nothing came over it for too long. */
export class ConnectionLostError extends Error {
  override readonly name = 'ConnectionLostError';
}

/** What is used of a reader of a body. */
interface ByteReader {
  read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>;
  cancel(): Promise<void>;
}

/** Time without a byte after which a stream is given up: three heartbeats of the service. */
const IDLE_MS = 45_000;

const STREAM_TYPE = 'text/event-stream';

/**
 * Yields the text of an event stream as it arrives, until the service ends it.
 * @throws {ReservationsApiError} when the answer is no stream. @throws {ConnectionLostError}
 */
export async function* streamText(
  { connection, timeoutMs }: Settings,
  path: `/${string}`,
  signal: AbortSignal | undefined,
): AsyncGenerator<string, undefined> {
  const timer = startTimer(timeoutMs, signal);
  const arrives = async <Value>(work: Promise<Value>): Promise<Value> =>
    await timer.race(work).catch((cause: unknown) => {
      throw new ConnectionLostError('the stream of events was interrupted', { cause });
    });
  let reader: ByteReader | null = null;
  try {
    const headers = await headersFor(connection, timer, { Accept: `${STREAM_TYPE}, application/problem+json` });
    const { base, fetch } = connection;
    const response = await arrives(fetch(base + path, { headers, signal: timer.signal, redirect: 'manual' }));
    const isStream = response.headers.get('Content-Type')?.startsWith(STREAM_TYPE) === true;
    if (response.status !== 200 || !isStream || response.body === null)
      throw errorOf(await arrives(answerOf(response)), null);
    reader = response.body.getReader();
    const decoder = new TextDecoder();
    for (;;) {
      timer.restart(IDLE_MS);
      const { done, value } = await arrives(reader.read());
      // A consumer may take its time.
      timer.restart(null);
      if (done) return;
      yield decoder.decode(value, { stream: true });
    }
  } finally {
    timer.stop();
    reader?.cancel().catch(() => undefined);
  }
}
