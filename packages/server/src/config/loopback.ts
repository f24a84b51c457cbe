import { BlockList, isIP, isIPv6 } from 'node:net';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/** True for a host to listen on that only this machine reaches. */
export function isLocalHost(host: string): boolean {
  return host.toLowerCase() === 'localhost' || isLoopback(host);
}

/** True for an address that only this machine reaches; false for every other text. */
export function isLoopback(host: string): boolean {
  const address = host.replace(/^::ffff:/i, '');
  return isIP(address) !== 0 && LOOPBACK.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}
