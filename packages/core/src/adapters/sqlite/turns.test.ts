import { expect, onTestFinished, test } from 'vitest';
import type { ReservationStore } from '../../ports/reservation-store.ts';
import { exampleAppend, exampleEvent, exampleId, exampleSummary, NOTHING_ALONGSIDE } from '../../testing/builders.ts';
import { openSqliteStore } from './index.ts';

const ROWS = 130;

async function openFilled(): Promise<ReservationStore> {
  const store = await openSqliteStore({ path: ':memory:' });
  onTestFinished(() => store.close());
  for (let n = 1; n <= ROWS; n += 1) {
    const summary = exampleSummary(exampleId(n));
    const inlineWrites = { ...NOTHING_ALONGSIDE, summary };
    await store.events.append(exampleAppend(exampleId(n), { events: [exampleEvent(n)], inlineWrites }));
  }
  return store;
}

/** Turns of the event loop that others have meanwhile. */
async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
  let turns = 0;
  let isOver = false;
  const count = (): void => {
    turns += 1;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  await work();
  isOver = true;
  return turns;
}

test('between two reads of many rows other work of the event loop has its turn', async () => {
  const { events } = await openFilled();
  const readFive = async (): Promise<void> => {
    for (let read = 0; read < 5; read += 1) await events.readAll({ after: 0, limit: 1 });
  };
  expect(await turnsDuring(readFive)).toBeGreaterThanOrEqual(4);
});

test.each([
  [1, 1, 0],
  [50, 50, 0],
  [51, 51, 1],
  [129, 129, 2],
  [130, 130, 2],
  [131, 130, 2],
  [200, 130, 2],
])('a page of %i reservations has %i, and %i turns for others within it', async (limit, found, turns) => {
  const { view } = await openFilled();
  for (const order of ['asc', 'desc'] as const) {
    const list = view.list.bind(view, { by: null, order, after: null, limit });
    expect(await turnsDuring(list)).toBeGreaterThanOrEqual(turns);
    const { reservations, next } = await list();
    const ids = Array.from({ length: ROWS }, (_, index) => exampleId(index + 1));
    const expected = (order === 'asc' ? ids : ids.toReversed()).slice(0, limit);
    expect(reservations.map(({ reservationId }) => reservationId)).toEqual(expected);
    expect([reservations.length, next]).toEqual([found, limit < ROWS ? expected.at(-1) : null]);
  }
});
