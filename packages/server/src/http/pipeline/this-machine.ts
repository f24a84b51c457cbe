import type { IncomingMessage } from 'node:http';
import { isLoopback } from '../../config/loopback.ts';

/** Headers by which a proxy says that it passes on the request of another machine. */
const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'] as const;

/** True for a request from the machine itself. A proxy on this machine passes on requests of others. */
export function isFromThisMachine({ socket, headers }: IncomingMessage): boolean {
  if (FORWARDED.some((name) => headers[name] !== undefined)) return false;
  return isLoopback(socket.remoteAddress ?? '');
}
