import { randomUUID } from 'node:crypto';
import { EventStore, EventType } from '@castore/core';
import { PostgresEventStorageAdapter } from '@castore/event-storage-adapter-postgres';
import { openingRows } from '../src/contenders/raw-rows.ts';
import { anyOf } from './emmett-events.mjs';

const FILLED_AT_A_TIME = 50;

/** The store as its documentation opens it. Its adapter has a pool of 10 connections, no order of all events, no feed. */
async function open(connectionString) {
  await PostgresEventStorageAdapter.createEventTable({ connectionString });
  return new EventStore({
    eventStoreId: 'RESERVATIONS',
    eventTypes: [new EventType({ type: 'RESERVATION_CREATED' }), new EventType({ type: 'RESERVATION_CONFIRMED' })],
    reducer: (state, { type }) => ({ ...state, status: type }),
    eventStorageAdapter: new PostgresEventStorageAdapter({ connectionString }),
  });
}

function openingEvent(aggregateId, version, type) {
  const { data, metadata } = openingRows();
  return { aggregateId, version, type, payload: JSON.parse(data), metadata: JSON.parse(metadata) };
}

export const contender = {
  writesEventsOnly: true,
  async append({ db }) {
    const store = await open(db);
    return {
      once: () => store.pushEvent(openingEvent(randomUUID(), 1, 'RESERVATION_CREATED')),
      close: () => Promise.resolve(),
    };
  },
  async read({ db }, streams) {
    const store = await open(db);
    const ids = Array.from({ length: streams }, () => randomUUID());
    let begun = 0;
    async function fill() {
      while (begun < ids.length) {
        const id = ids[begun];
        begun += 1;
        await store.pushEvent(openingEvent(id, 1, 'RESERVATION_CREATED'));
        await store.pushEvent(openingEvent(id, 2, 'RESERVATION_CONFIRMED'));
      }
    }
    await Promise.all(Array.from({ length: FILLED_AT_A_TIME }, fill));
    return {
      load: () => store.getEvents(anyOf(ids)),
      find: null,
      page: null,
      close: () => Promise.resolve(),
    };
  },
};
