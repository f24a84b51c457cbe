import { type Server, Server as HttpServer } from 'node:http';
import type { Socket } from 'node:net';
import type { Next } from 'koa';
import type { RequestMeter } from '../../observe/requests.ts';
import { answerProblem } from '../answer.ts';
import type { AppContext } from '../app-state.ts';
import { answerWhileDiscarding } from '../body/answer-while-discarding.ts';
import type { Problem } from '../problems/problems.ts';

/** Connections beyond the limit whose request is answered that there are too many. Further ones are closed unread. */
const EXCESS_MAX = 100;

/** Time for such a connection to send its request and to take the answer. */
const EXCESS_MS = 5_000;

/** Answered on every connection: who asks decides whether the server lives on. */
const HEALTH = '/health/';

/** Options of {@link createConnectionLimit}. */
export interface ConnectionLimitOptions {
  readonly max: number;
  readonly meter: RequestMeter | undefined;
  readonly excessMs?: number;
}

/** A bound on the connections of a server. */
export interface ConnectionLimit {
  /** Follows the connections of a server. Call it before the server listens. */
  attach(server: Server): void;
  /** Refuses the requests of connections beyond the limit but those for health, and ends the connection in either case. */
  refuse(ctx: AppContext, next: Next): Promise<void>;
}

/** Makes a bound. Connections over TLS count once their handshake is done. */
export function createConnectionLimit({ max, meter, excessMs = EXCESS_MS }: ConnectionLimitOptions): ConnectionLimit {
  const excess = new WeakSet<Socket>();
  let open = 0;

  function follow(socket: Socket): void {
    open += 1;
    meter?.connections(open, max);
    const patience = open > max ? setTimeout(() => socket.destroy(), excessMs) : undefined;
    if (patience !== undefined) excess.add(socket);
    socket.once('close', () => {
      clearTimeout(patience);
      open -= 1;
      meter?.connections(open, max);
    });
  }

  return {
    attach(server) {
      meter?.connections(open, max);
      server.maxConnections = max + EXCESS_MAX;
      server.on('drop', () => meter?.connectionRefused());
      server.prependListener(server instanceof HttpServer ? 'connection' : 'secureConnection', follow);
    },
    async refuse(ctx, next) {
      if (!excess.has(ctx.req.socket)) return await next();
      ctx.set('Connection', 'close');
      if (ctx.path.startsWith(HEALTH)) return await next();
      ctx.state.isConnectionRefused = true;
      meter?.connectionRefused();
      answerProblem(ctx, TOO_MANY_CONNECTIONS);
      await answerWhileDiscarding(ctx);
    },
  };
}

const TOO_MANY_CONNECTIONS: Problem = {
  code: 'too_many_connections',
  detail: 'As many connections are open as may be. Nothing was done; please try again later.',
  headers: { 'Retry-After': '5' },
};
