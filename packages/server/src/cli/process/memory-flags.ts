import { setFlagsFromString } from 'node:v8';

/**
 * Has V8 allocate every object in the young generation. When much survives for a while, as at the start, it allocates the
 * same kinds of objects in the old generation from then on; each then keeps the request that it was part of until the next
 * full collection, so that every request survives, and it never goes back
 * (docs/decisions/0066-nothing-keeps-a-request-that-has-ended.md). For the program, whose process is its own.
 */
export function allocateYoung(): void {
  setFlagsFromString(FLAG);
}

/** Read by V8 at each collection, so that it may be set at any time. */
export const FLAG = '--no-allocation-site-pretenuring';
