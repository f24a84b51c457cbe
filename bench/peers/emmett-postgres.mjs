import { dumbo } from '@event-driven-io/dumbo';
import { getPostgreSQLEventStore, readMessagesBatch } from '@event-driven-io/emmett-postgresql';
import { anyOf, fill, openingEvent } from './emmett-events.mjs';

const PAGE = 1_000;

/** The store as its documentation opens it: a pool of pg with its default of 10 connections. */
async function open(connectionString) {
  const store = getPostgreSQLEventStore(connectionString);
  await store.schema.migrate();
  return {
    store,
    append: (stream, events) =>
      store.appendToStream(stream, events, { expectedStreamVersion: 'STREAM_DOES_NOT_EXIST' }),
  };
}

export const contender = {
  writesEventsOnly: true,
  readers: ['same-store'],
  async append({ db }) {
    const { store, append } = await open(db);
    return {
      once() {
        const { stream, event } = openingEvent();
        return append(stream, [event]);
      },
      close: () => store.close(),
    };
  },
  async read({ db }, streams) {
    const { store, append } = await open(db);
    const pool = dumbo({ connectionString: db });
    const names = await fill(append, streams);
    let after = 0n;
    return {
      load: () => store.readStream(anyOf(names)),
      find: null,
      async page() {
        const { messages, currentGlobalPosition } = await readMessagesBatch(pool.execute, { after, batchSize: PAGE });
        after = messages.length < PAGE ? 0n : currentGlobalPosition;
        return messages.length;
      },
      async close() {
        await pool.close();
        await store.close();
      },
    };
  },
  async follow({ db }, _reader, onEvent) {
    const { store, append } = await open(db);
    const consumer = store.consumer();
    consumer.reactor({
      processorId: 'bench',
      startFrom: 'BEGINNING',
      eachMessage: ({ metadata }) => onEvent(metadata.correlationId),
    });
    const running = consumer.start();
    return {
      async append() {
        const { stream, key, event } = openingEvent();
        await append(stream, [event]);
        return key;
      },
      async close() {
        await consumer.close();
        await running;
        await store.close();
      },
    };
  },
};
