import { newId, openingRows } from '../src/contenders/raw-rows.ts';

const FILLED_AT_A_TIME = 50;

/** The event that opens a reservation, with the data and metadata that every contender stores. */
export function openingEvent() {
  const { id, data, metadata } = openingRows();
  const event = { type: 'ReservationCreated', kind: 'Event', data: JSON.parse(data), metadata: JSON.parse(metadata) };
  return { stream: `reservation-${newId()}`, key: id, event };
}

/** Appends streams of two events each through `append`, many at a time; returns their names. */
export async function fill(append, streams) {
  const names = [];
  let begun = 0;
  async function one() {
    while (begun < streams) {
      begun += 1;
      const { stream, event } = openingEvent();
      await append(stream, [event, { ...event, type: 'ReservationConfirmed' }]);
      names.push(stream);
    }
  }
  await Promise.all(Array.from({ length: FILLED_AT_A_TIME }, one));
  return names;
}

/** Picks any one of them. */
export function anyOf(names) {
  return names[Math.floor(Math.random() * names.length)];
}
