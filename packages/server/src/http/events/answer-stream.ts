import { Readable } from 'node:stream';
import type { AppContext } from '../app-state.ts';
import { watchCredential } from '../pipeline/credential-watch.ts';
import type { EventHub } from './event-hub.ts';
import { type EventStreamRequest, streamEvents } from './event-stream.ts';
import { EVENT_STREAM } from './stream-request.ts';

/** Time for a client to take the end of its stream before the connection is cut. */
const END_MS = 500;

/**
 * Answers with a stream of events, which ends its connection: requests behind it on the connection would wait for as long
 * as the stream lasts, and are not executed. `end` is a position of the log.
 */
export function answerStream(ctx: AppContext, hub: EventHub, end: number, request: EventStreamRequest): void {
  ctx.status = 200;
  ctx.set({ 'Content-Type': EVENT_STREAM, 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' });
  if (ctx.req.httpVersionMajor === 1) ctx.set('Connection', 'close');
  if (ctx.method === 'HEAD') return;
  const reader = hub.join(end);
  const { res } = ctx;
  // A client that does not read would hold up the stop of the server.
  whenAborted(reader.signal, () => {
    if (!res.closed) setTimeout(() => res.destroy(), END_MS).unref();
  });
  watchCredential(ctx.state.credential, reader.signal, (refusal) => {
    ctx.state.refusal = refusal;
    reader.leave();
  });
  ctx.body = toReadable(streamEvents(reader, request), () => reader.leave());
}

/** Makes texts a stream, which is destroyed also while the next text is not there yet. */
function toReadable(texts: AsyncGenerator<string>, onEnd: () => void): Readable {
  return new Readable({
    read() {
      texts.next().then(
        ({ value, done }) => this.push(done === true ? null : value),
        (error: Error) => this.destroy(error),
      );
    },
    destroy(error, callback) {
      onEnd();
      callback(error);
    },
  });
}

function whenAborted(signal: AbortSignal, act: () => void): void {
  if (signal.aborted) act();
  else signal.addEventListener('abort', act, { once: true });
}
