import { Readable } from 'node:stream';
import type { AppContext } from '../app-state.ts';
import { answerProblem } from '../answer.ts';
import { watchCredential } from '../pipeline/credential-watch.ts';
import type { EventHub } from './event-hub.ts';
import { type EventStreamRequest, streamEvents } from './event-stream.ts';
import { COMMENT } from './event-text.ts';
import type { StreamPlaces } from './stream-places.ts';
import { EVENT_STREAM } from './stream-request.ts';
import type { Problem } from '../problems/problems.ts';

/** Time for a client to take the end of its stream before the connection is cut. */
const END_MS = 500;

/** Interval of comments to a client that has closed its half of the connection. */
const PROBE_INTERVAL_MS = 1_000;

/** What the streams of a server share. */
export interface SharedByStreams {
  readonly hub: EventHub;
  readonly places: StreamPlaces;
}

/**
 * Answers with a stream of events, which ends its connection: requests behind it on the connection would wait for as long
 * as the stream lasts, and are not executed. `end` is a position of the log. Answers 503 when as many streams are open as
 * may be.
 */
export function answerStream(ctx: AppContext, shared: SharedByStreams, end: number, request: EventStreamRequest): void {
  // An answer to HEAD has no stream.
  const leave = ctx.method === 'HEAD' ? () => undefined : shared.places.take();
  if (leave === null) {
    answerProblem(ctx, TOO_MANY_STREAMS);
    return;
  }
  ctx.status = 200;
  ctx.set({ 'Content-Type': EVENT_STREAM, 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' });
  if (ctx.req.httpVersionMajor === 1) ctx.set('Connection', 'close');
  if (ctx.method === 'HEAD') return;
  ctx.state.isStream = true;
  const reader = shared.hub.join(end);
  const { res } = ctx;
  // A client that does not read would hold up the stop of the server.
  whenAborted(reader.signal, () => {
    if (!res.closed) setTimeout(() => res.destroy(), END_MS).unref();
  });
  watchCredential(ctx.state.credential, reader.signal, (refusal) => {
    ctx.state.refusal = refusal;
    reader.leave();
  });
  const texts = toReadable(streamEvents(reader, request), () => {
    leave();
    reader.leave();
  });
  probeWhenHalfClosed(ctx.req.socket, texts);
  ctx.body = texts.body;
}

/** Streams last for long: a place is free when another client or its connection goes. */
const TOO_MANY_STREAMS: Problem = {
  code: 'too_many_streams',
  detail: 'As many event streams are open as may be; please try again later.',
  headers: { 'Retry-After': '10' },
};

/**
 * Makes texts a stream, which is destroyed also while the next text is not there yet. `probe` sends a comment when all
 * before it was taken.
 */
function toReadable(
  texts: AsyncGenerator<string | Buffer>,
  onEnd: () => void,
): { readonly body: Readable; readonly probe: () => void } {
  let isReading = false;
  let isDone = false;
  function push(text: string | Buffer | null, isLast: boolean): void {
    isReading = false;
    isDone = isLast;
    body.push(isLast ? null : text);
  }
  const body = new Readable({
    read() {
      // A comment in between makes the platform ask again.
      if (isReading) return;
      isReading = true;
      texts.next().then(
        ({ value, done }) => push(value ?? null, done === true),
        (error: Error) => body.destroy(error),
      );
    },
    destroy(error, callback) {
      onEnd();
      callback(error);
    },
  });
  return {
    body,
    probe() {
      if (!isDone && body.readableLength === 0) body.push(COMMENT);
    },
  };
}

/**
 * Sends comments once the client has closed its half of the connection: it may read on, or be gone, which only shows when
 * something is written.
 */
function probeWhenHalfClosed(socket: Readable, { body, probe }: ReturnType<typeof toReadable>): void {
  function begin(): void {
    probe();
    const probes = setInterval(probe, PROBE_INTERVAL_MS);
    body.once('close', () => clearInterval(probes));
  }
  socket.once('end', begin);
  body.once('close', () => socket.off('end', begin));
}

function whenAborted(signal: AbortSignal, act: () => void): void {
  if (signal.aborted) act();
  else signal.addEventListener('abort', act, { once: true });
}
