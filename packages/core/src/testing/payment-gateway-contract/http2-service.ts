import { constants, createServer, type Http2Session, type ServerHttp2Stream } from 'node:http2';

/** Script of one stream of a bare HTTP/2 service. */
export type StreamAnswer =
  /** The charge is executed and approved. */
  | { readonly kind: 'approve'; readonly afterMs: number }
  /** RST_STREAM with REFUSED_STREAM, after response headers or before. */
  | { readonly kind: 'refuse'; readonly afterHeaders: boolean }
  /** GOAWAY with INTERNAL_ERROR, which may be sent during the work on its last stream, this one. */
  | { readonly kind: 'error-goaway' }
  /** GOAWAY whose last stream is this one, or the one before it; then the service may close the connection or end. */
  | { readonly kind: 'goaway'; readonly lastStream: 'this' | 'before'; readonly afterwards: 'stay' | 'cut' | 'end' }
  /** A status alone: no header that distinguishes it from a status made by gRPC itself. */
  | { readonly kind: 'status'; readonly code: number; readonly details: string };

/** A payment service with control over HTTP/2 streams that gRPC servers do not give. */
export interface Http2Service {
  readonly host: string;
  readonly port: number;
  /** Streams that arrived, and charges that were executed. */
  streams(): number;
  charges(): number;
  stop(): Promise<void>;
}

/** Time for a frame to arrive before the connection is destroyed. */
const FRAME_ARRIVES_MS = 50;

/** Starts a service that answers the n-th stream with the n-th answer, and every later one with the last. */
export async function startHttp2Service(answers: readonly StreamAnswer[]): Promise<Http2Service> {
  const { paymentServiceDefinition } = await import('../../proto/payment-service.ts');
  const approval = paymentServiceDefinition.ProcessPayment.responseSerialize({
    success: true,
    transaction_id: 'TXN-1',
    message: 'approved',
  });
  const sessions = new Set<Http2Session>();
  let streams = 0;
  let charges = 0;
  const server = createServer();
  server.on('session', (session) => {
    sessions.add(session);
    session.on('error', () => undefined);
    session.once('close', () => sessions.delete(session));
  });
  server.on('stream', (stream) => {
    stream.on('error', () => undefined);
    streams += 1;
    const answer = answers[Math.min(streams, answers.length) - 1];
    if (answer !== undefined) give(stream, answer);
  });

  function give(stream: ServerHttp2Stream, answer: StreamAnswer): void {
    switch (answer.kind) {
      case 'approve':
        charges += 1;
        setTimeout(() => approve(stream, approval), answer.afterMs);
        return;
      case 'refuse':
        if (answer.afterHeaders) stream.respond(HEADERS);
        setImmediate(() => stream.close(constants.NGHTTP2_REFUSED_STREAM));
        return;
      case 'goaway':
        goAway(stream, answer.lastStream);
        if (answer.afterwards === 'end') server.close();
        if (answer.afterwards === 'cut') setTimeout(cut, FRAME_ARRIVES_MS, stream.session);
        return;
      case 'error-goaway':
        stream.session?.goaway(constants.NGHTTP2_INTERNAL_ERROR, stream.id);
        return;
      case 'status':
        stream.respond({ ':status': 200, ...status(answer.code, answer.details) }, NOTHING_ELSE);
    }
  }

  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return {
    host: '127.0.0.1',
    port: address.port,
    streams: () => streams,
    charges: () => charges,
    async stop() {
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      for (const session of sessions) session.destroy();
      await closed;
    },
  };
}

/** Node adds a date to every response unless disabled. */
const NOTHING_ELSE = { endStream: true, sendDate: false };

const HEADERS = { ':status': 200, 'content-type': 'application/grpc' };

function status(code: number, details: string): Record<string, string> {
  return { 'grpc-status': String(code), 'grpc-message': details };
}

function approve(stream: ServerHttp2Stream, approval: Buffer): void {
  if (stream.destroyed) return;
  stream.respond(HEADERS, { waitForTrailers: true });
  stream.once('wantTrailers', () => stream.sendTrailers(status(0, '')));
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(approval.length, 1);
  stream.end(Buffer.concat([prefix, approval]));
}

/** Client streams have odd numbers. Before the first stream of a connection Node cannot name one. */
function goAway({ session, id = 0 }: ServerHttp2Stream, lastStream: 'this' | 'before'): void {
  session?.goaway(constants.NGHTTP2_NO_ERROR, lastStream === 'this' ? id : id - 2);
}

function cut(session: Http2Session | undefined): void {
  session?.destroy();
}
