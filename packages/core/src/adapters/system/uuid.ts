import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';

/** Random bytes of one id. */
const ID_BYTES = 16;

/** Ids for which random bytes are drawn at once: a draw costs several times what an id costs. */
const IDS_PER_DRAW = 256;

const COUNTER_MAX = 0xffff_ffff;

/** What ids are made from. */
export interface UuidSource {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Fills the bytes with randomness of cryptographic strength. */
  fill(bytes: Uint8Array): void;
}

const SYSTEM: UuidSource = { now: () => Date.now(), fill: (bytes) => void randomFillSync(bytes) };

/**
 * Makes a generator of UUIDs of version 7 (RFC 9562). Each sorts behind the one before it, also within a millisecond and
 * when the clock is set back: the 32 bits behind the time are a counter (section 6.2, method 1) that begins at a random
 * number below half of its range.
 */
export function createUuids({ now, fill }: UuidSource = SYSTEM): () => string {
  const pool = new Uint8Array(ID_BYTES * IDS_PER_DRAW);
  let used = pool.length;
  let place: UuidPlace = { msecs: -Infinity, seq: 0 };

  function draw(): Uint8Array {
    if (used === pool.length) {
      fill(pool);
      used = 0;
    }
    used += ID_BYTES;
    return pool.subarray(used - ID_BYTES, used);
  }

  return () => {
    const random = draw();
    place = nextPlace(place, now(), random);
    return v7({ random, ...place });
  };
}

/** Place of an id in the order of ids: its time, and the counter behind it. */
export interface UuidPlace {
  readonly msecs: number;
  /** 32 bits. */
  readonly seq: number;
}

/** Returns the place behind another one. A counter that is used up continues in the next millisecond. */
export function nextPlace({ msecs, seq }: UuidPlace, now: number, random: Uint8Array): UuidPlace {
  if (now > msecs) return { msecs: now, seq: new DataView(random.buffer, random.byteOffset).getUint32(0) >>> 1 };
  return seq === COUNTER_MAX ? { msecs: msecs + 1, seq: 0 } : { msecs, seq: seq + 1 };
}
