import { expect, test } from 'vitest';
import { createLogMemory, type LogEnd, type LogMemory, REMEMBERED_ENDS_MAX } from './log-end.ts';

const at = (position: number, id = `event-${position}`): LogEnd => ({ position, id });

function remembering(...positions: readonly number[]): LogMemory {
  const memory = createLogMemory();
  for (const position of positions) memory.note(at(position));
  return memory;
}

test('ends are remembered as they grow, and an earlier one changes nothing', () => {
  expect(remembering(3, 1, 3, 5).remembered()).toEqual([at(3), at(5)]);
});

test('once they were found the furthest stands for the others, and what came meanwhile stays', () => {
  const memory = remembering(1, 2, 3);
  const looked = memory.remembered();
  memory.note(at(4));
  memory.found(looked);
  expect(memory.remembered()).toEqual([at(3), at(4)]);
  memory.found(memory.remembered());
  expect(memory.remembered()).toEqual([at(4)]);
});

test('after a loss it goes on from where the log ends, and keeps what was acknowledged meanwhile', () => {
  const memory = remembering(8, 9);
  const looked = memory.remembered();
  memory.note(at(10, 'later'));
  memory.lost(looked, at(5));
  expect(memory.remembered()).toEqual([at(5), at(10, 'later')]);
  memory.lost(memory.remembered(), null);
  expect(memory.remembered()).toEqual([]);
});

test('however many there are, a bounded number is remembered, and always the last one', () => {
  const memory = createLogMemory();
  for (let position = 1; position <= 10 * REMEMBERED_ENDS_MAX; position += 1) {
    memory.note(at(position));
    expect(memory.remembered().at(-1)).toEqual(at(position));
    expect(memory.remembered().length).toBeLessThanOrEqual(REMEMBERED_ENDS_MAX);
  }
});
