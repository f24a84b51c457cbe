import { getSQLiteEventStore, readMessagesBatch, sqliteConnection } from '@event-driven-io/emmett-sqlite';
import { anyOf, fill, openingEvent } from './emmett-events.mjs';

const PAGE = 1_000;
const FULL = 2;

/**
 * One connection, which Emmett opens with WAL and SQLite's default synchronous=FULL, and a queue in front of it: with a
 * connection for each operation, as by default, appends fail from a concurrency of 2 on with SQLITE_BUSY.
 */
async function open(path) {
  const connection = sqliteConnection({ fileName: path });
  const [{ synchronous }] = await connection.query('PRAGMA synchronous');
  if (synchronous !== FULL) throw new Error(`synchronous is ${synchronous}`);
  const store = getSQLiteEventStore({ fileName: path, connectionOptions: { singleton: true, connection } });
  let last = Promise.resolve();
  const inTurn = (work) => {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  };
  return {
    connection,
    store,
    append: (stream, events) =>
      inTurn(() => store.appendToStream(stream, events, { expectedStreamVersion: 'STREAM_DOES_NOT_EXIST' })),
  };
}

export const contender = {
  writesEventsOnly: true,
  async append({ db }) {
    const { connection, append } = await open(db);
    return {
      once() {
        const { stream, event } = openingEvent();
        return append(stream, [event]);
      },
      close: async () => connection.close(),
    };
  },
  async read({ db }, streams) {
    const { connection, store, append } = await open(db);
    const names = await fill(append, streams);
    let after = 0n;
    return {
      load: () => store.readStream(anyOf(names)),
      find: null,
      async page() {
        const { messages, currentGlobalPosition } = await readMessagesBatch(connection, { after, batchSize: PAGE });
        after = messages.length < PAGE ? 0n : currentGlobalPosition;
        return messages.length;
      },
      close: async () => connection.close(),
    };
  },
};
