import { fileURLToPath } from 'node:url';
import { startNode } from '../run/servers.ts';
import type { Contender } from './contender.ts';

const PROGRAM = fileURLToPath(new URL('bare-koa-server.ts', import.meta.url));

/** Koa with the gRPC call over one channel, in a process of its own; stores nothing. */
export const contender: Contender = {
  serve: ({ paymentPort }) => startNode([PROGRAM, `${paymentPort}`]),
};
