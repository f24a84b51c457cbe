import { expect, test } from 'vitest';
import { createUuids, nextPlace } from './uuid.ts';

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Random bytes that are different in each draw, and the draws so far. */
function bytes(first = 0): { fill(target: Uint8Array): void; draws: number } {
  const source = {
    draws: 0,
    fill(target: Uint8Array) {
      source.draws += 1;
      for (let index = 0; index < target.length; index += 1) target[index] = first + index * 7 + source.draws * 13;
    },
  };
  return source;
}

test('ids are UUIDs of version 7, and begin with the time', () => {
  const at = Date.parse('2026-11-26T12:00:00.000Z');
  const id = createUuids({ now: () => at, fill: bytes().fill })();
  expect(id).toMatch(UUID_V7);
  expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(at);
});

test('each id sorts behind the one before it, within a millisecond and with a clock that is set back', () => {
  let calls = 0;
  // 1,000 ids in a millisecond, then a clock that goes back by a second, then on.
  const now = (): number => [1_700_000_000_000, 1_699_999_999_000, 1_700_000_000_001][Math.floor(calls++ / 1_000)] ?? 0;
  const next = createUuids({ now, fill: bytes().fill });
  const ids = Array.from({ length: 3_000 }, next);
  expect([...ids].sort()).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
});

test('a counter begins in the lower half of its range, and one that is used up continues in the next millisecond', () => {
  const random = new Uint8Array(16).fill(255);
  expect(nextPlace({ msecs: 4, seq: 9 }, 5, random)).toEqual({ msecs: 5, seq: 0x7fff_ffff });
  expect(nextPlace({ msecs: 5, seq: 0xffff_fffe }, 5, random)).toEqual({ msecs: 5, seq: 0xffff_ffff });
  expect(nextPlace({ msecs: 5, seq: 0xffff_ffff }, 4, random)).toEqual({ msecs: 6, seq: 0 });
});

test('random bytes are drawn for many ids at once, and never used twice', () => {
  const source = bytes();
  const next = createUuids({ now: () => 1, fill: source.fill });
  const ids = Array.from({ length: 257 }, next);
  expect(source.draws).toBe(2);
  expect(new Set(ids.map((id) => id.slice(24))).size).toBeGreaterThan(16);
  const counted = createUuids();
  expect(new Set(Array.from({ length: 10_000 }, () => counted().slice(24))).size).toBe(10_000);
});
