import { expect, test } from 'vitest';
import { seededRandom } from '@reservations/core/testing';
import { createProcess, createUuidSource } from './process.ts';
import { createWorld } from './event-queue.ts';

function processIn(world: ReturnType<typeof createWorld>): ReturnType<typeof createProcess> {
  const random = seededRandom(1);
  return createProcess('p', { world, random, uuids: createUuidSource(), mode: 'none', skewMs: 0 });
}

test('events run in the order of their times, and of their scheduling', async () => {
  const world = createWorld(0);
  const seen: string[] = [];
  for (const [ms, name] of [
    [5, 'c'],
    [1, 'a'],
    [1, 'b'],
    [9, 'late'],
  ] as const) {
    world.after(ms, null, () => seen.push(`${name} at ${world.now()}`));
  }
  await world.run(8, () => false);
  expect(seen).toEqual(['a at 1', 'b at 1', 'c at 5']);
  expect(world.now()).toBe(8);
});

test('a dead process does nothing more', async () => {
  const world = createWorld(0);
  const process = processIn(world);
  const seen: string[] = [];
  world.after(1, process, () => seen.push('before'));
  world.after(2, null, () => process.die());
  world.after(3, process, () => seen.push('after'));
  await world.run(10, () => false);
  expect(seen).toEqual(['before']);
});

test('a frozen process does everything when it thaws, in the order in which it was due', async () => {
  const world = createWorld(0);
  const process = processIn(world);
  const seen: string[] = [];
  process.freeze(100);
  world.after(20, process, () => seen.push(`second at ${world.now()}`));
  world.after(10, process, () => seen.push(`first at ${world.now()}`));
  world.after(50, null, () => seen.push('another process'));
  await world.run(200, () => false);
  expect(seen).toEqual(['another process', 'first at 100', 'second at 100']);
});

test('a sequence of random numbers does not change when a fork of it is drawn from', () => {
  const [one, two] = [seededRandom(1), seededRandom(1)];
  one.fork('a').next();
  expect([one.fork('b').next(), one.next()]).toEqual([two.fork('b').next(), two.next()]);
});
