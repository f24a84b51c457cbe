import { BlockList, isIPv6 } from 'node:net';
import { answerJson, answerProblem } from '../answer.ts';
import type { AppContext } from '../app-state.ts';
import type { StatusOptions } from './status-options.ts';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/** Headers by which a proxy says that it passes on the request of another machine. */
const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'] as const;

/**
 * `GET /health/status`: state of the server and of what it depends on, always 200. It is for operators: pages of other
 * origins cannot read it, and to those who may not read it the path does not exist.
 */
export function getStatus({ access, read }: StatusOptions): (ctx: AppContext) => void {
  return (ctx) => {
    ctx.remove('Access-Control-Allow-Origin');
    ctx.remove('Access-Control-Expose-Headers');
    if (access === 'off' || (access === 'loopback' && !isFromThisMachine(ctx))) {
      answerProblem(ctx, { code: 'not_found', detail: 'Not Found' });
      return;
    }
    ctx.set('Cache-Control', 'no-store');
    answerJson(ctx, 200, read());
  };
}

/** A proxy on this machine passes on requests of others. */
function isFromThisMachine({ req }: AppContext): boolean {
  const address = (req.socket.remoteAddress ?? '').replace(/^::ffff:/i, '');
  if (FORWARDED.some((name) => req.headers[name] !== undefined)) return false;
  return LOOPBACK.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}
