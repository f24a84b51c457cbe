import type { IncomingMessage } from 'node:http';

const PLAIN_PATH = /^(?:\/[\w.~!$&'()*+,;=:@%-]+)+$/;

/**
 * The path below which another application mounted this one ("" at the root), as Express tells it. Links are made
 * from it and never from the Host header, which is the client's to choose.
 */
export function mountPath(request: IncomingMessage): string {
  const { baseUrl } = request as IncomingMessage & { readonly baseUrl?: unknown };
  return typeof baseUrl === 'string' && PLAIN_PATH.test(baseUrl) ? baseUrl : '';
}
