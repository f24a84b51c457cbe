import { randomUUID } from 'node:crypto';

const REQUEST_ID = /^[\w.~:/+=-]{1,128}$/;
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** Returns the client's request id if it is 1 to 128 harmless characters, else a new one. */
export function requestIdFrom(header: string): string {
  return REQUEST_ID.test(header) ? header : randomUUID();
}

/** Returns the W3C trace context that a request came with, or null for none and for a malformed one. */
export function traceparentFrom(header: string): string | null {
  return TRACEPARENT.test(header) ? header : null;
}
