import { createReservations, followEvents, type ReservationId, type ReservationStore } from '@reservations/core';
import { createGrpcPaymentGateway } from '@reservations/core/grpc';
import { startServer } from '../run/servers.ts';
import type { Contender, Following, Operation, Place, Reading } from './contender.ts';
import { openingAppend } from './opening-append.ts';
import { grow, makeReservations, REQUEST } from './ours-growth.ts';

/** Which store of a database: the second one beside the server's, and whether commits are notified. */
export interface StoreRole {
  readonly second: boolean;
  readonly notify: boolean;
}

/** Opens a store. */
export type OpenStore = (db: string, role: StoreRole) => Promise<ReservationStore>;

const ALONE: StoreRole = { second: false, notify: false };

const PAGE = 1_000;

/** This project on one of its stores; `bytesOf` is the size of a database on disk. */
export function ours(open: OpenStore, bytesOf: (db: string) => Promise<number>): Contender {
  return {
    async append({ db }, rows) {
      const store = await open(db, ALONE);
      return {
        async once() {
          const { kind } = await store.events.append(openingAppend(rows));
          if (kind !== 'appended') throw new Error(`an append ended "${kind}"`);
        },
        close: () => store.close(),
      };
    },
    read: async ({ db }, streams) => await readStore(await open(db, ALONE), streams),
    follow: async ({ db }, reader, onEvent) => {
      const notify = reader === 'notified';
      const writing = await open(db, { second: false, notify });
      const reading = reader === 'same-store' ? writing : await open(db, { second: true, notify });
      return await follow(writing, reading, onEvent);
    },
    grow: async ({ db }) => grow(await open(db, ALONE), () => bytesOf(db)),
    reserve: async (place) => reserve(await open(place.db, ALONE), place),
    serve: startServer,
  };
}

async function readStore(store: ReservationStore, streams: number): Promise<Reading> {
  const { view, events } = store;
  const ids = await makeReservations(store, streams, Number.POSITIVE_INFINITY);
  const anyId = (): ReservationId => ids[Math.floor(Math.random() * ids.length)] as ReservationId;
  let after = 0;
  return {
    load: () => events.readStream(anyId(), { after: 0, limit: 100 }),
    find: () => view.find(anyId()),
    async page() {
      const { length } = await events.readAll({ after, limit: PAGE });
      after = length < PAGE ? 0 : after + length;
      return length;
    },
    close: () => store.close(),
  };
}

async function follow(
  writing: ReservationStore,
  reading: ReservationStore,
  onEvent: (key: string) => void,
): Promise<Following> {
  const end = new AbortController();
  const after = await writing.events.lastPosition();
  const done = (async () => {
    for await (const { position } of followEvents(reading, { after, signal: end.signal })) onEvent(`${position}`);
  })();
  return {
    async append() {
      const result = await writing.events.append(openingAppend('all'));
      if (result.kind !== 'appended') throw new Error(`an append ended "${result.kind}"`);
      return `${result.position}`;
    },
    async close() {
      end.abort();
      await done;
      for (const store of new Set([writing, reading])) await store.close();
    },
  };
}

function reserve(store: ReservationStore, { paymentPort }: Place): Operation {
  const gateway = createGrpcPaymentGateway({ host: '127.0.0.1', port: paymentPort });
  const reservations = createReservations({ store, gateway });
  return {
    async once() {
      const result = await reservations.create(REQUEST);
      if (result.kind !== 'reservation' || result.reservation.status !== 'RESERVATION_CONFIRMED') {
        throw new Error(`creating ended ${JSON.stringify(result)}`);
      }
    },
    async close() {
      await reservations.stop();
      await gateway.close();
      await store.close();
    },
  };
}
