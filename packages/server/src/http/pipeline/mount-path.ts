import type { IncomingMessage } from 'node:http';
import { PLAIN_PATH } from '../../config/base-path.ts';

/** Returns the path below the base path; a path that does not begin with it was cut by a proxy or framework before. */
export function withoutBasePath(path: string, basePath: string): string {
  if (path === basePath) return '/';
  return path.startsWith(`${basePath}/`) ? path.slice(basePath.length) : path;
}

/**
 * Returns the path below which another application mounted this one ("" at the root), as Express tells it. Links are
 * made from it and never from the Host header, which is the client's to choose.
 */
export function mountPath(request: IncomingMessage): string {
  const { baseUrl } = request as IncomingMessage & { readonly baseUrl?: unknown };
  return typeof baseUrl === 'string' && PLAIN_PATH.test(baseUrl) ? baseUrl : '';
}
