import type { IncomingMessage } from 'node:http';
import { isIPv4, isIPv6 } from 'node:net';

/** Stands for every client whose address is not known: over a Unix socket, and in a Web-standard handler. */
const UNKNOWN = 'unknown';

/**
 * Returns the address of the client that sent a request. `X-Forwarded-For` is read only when proxies are trusted: each
 * proxy adds the address that it sees at the right, so that with N proxies the N-th from the right was written by the
 * outermost of them, and what stands left of it is the client's own invention. Without such an entry, and when it is no
 * address, it is that of the socket.
 *
 * Of an IPv6 address only the first 64 bits count: a host has all the others for itself.
 */
export function clientAddress(
  { socket, headers }: Pick<IncomingMessage, 'socket' | 'headers'>,
  proxies: number,
): string {
  const forwarded = proxies === 0 ? undefined : forwardedFor(headers['x-forwarded-for'], proxies);
  return forwarded ?? parseAddress(socket.remoteAddress ?? '') ?? UNKNOWN;
}

function forwardedFor(header: string | readonly string[] | undefined, proxies: number): string | undefined {
  return parseAddress(
    String(header ?? '')
      .split(',')
      .at(-proxies)
      ?.trim() ?? '',
  );
}

/** Some proxies write a port behind the address. */
const WITH_PORT = /^(?:\[([^\]]+)\](?::\d{1,5})?|(\d+\.\d+\.\d+\.\d+):\d{1,5})$/;

function parseAddress(text: string): string | undefined {
  const [, v6, v4] = WITH_PORT.exec(text) ?? [];
  const address = (v6 ?? v4 ?? text).replace(/%.*$/, '').replace(/^::ffff:(?=\d+\.)/i, '');
  if (isIPv4(address)) return address;
  return isIPv6(address) ? networkOf(address) : undefined;
}

/** Returns the first 64 bits of an IPv6 address, in one form for all that it can be written in. */
function networkOf(address: string): string {
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const groups = head === '' ? [] : head.split(':');
  const last = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: 8 - groups.length - last.length }, () => '0');
  return `${[...groups, ...zeros, ...last].slice(0, 4).join(':')}::/64`;
}
