import type { ReservationId } from '../../src/domain/ids.ts';
import { COUNT_MAX } from '../../src/ports/reservation-view.ts';
import { inView, type Sabotage } from './sabotage.ts';

/** Bugs in the look-ups by key and by transaction, and in counts. */
export const sabotagedLookUps: readonly Sabotage[] = [
  inView('keys are looked up in the scope of one caller', (inner) => ({
    ...inner,
    findByKey: ({ key }) => inner.findByKey({ scope: 'caller', key }),
  })),
  inView('keys are looked up without regard to case', (inner) => ({
    ...inner,
    findByKey: ({ scope, key }) => inner.findByKey({ scope: scope.toLowerCase(), key: key.toLowerCase() }),
  })),
  {
    bug: 'a look-up finds what asked for the key last',
    plant(store) {
      const asked = new Map<string, string>();
      return {
        ...store,
        events: {
          ...store.events,
          append(request) {
            const { key } = request.inlineWrites;
            if (key.kind === 'claim') asked.set(`${key.scope}/${key.key}`, key.fingerprint);
            return store.events.append(request);
          },
        },
        view: {
          ...store.view,
          async findByKey(key) {
            const holder = await store.view.findByKey(key);
            return holder === null ? null : { ...holder, fingerprint: asked.get(`${key.scope}/${key.key}`) ?? '' };
          },
        },
      };
    },
  },
  inView('only confirmed reservations are found by their transaction', (inner) => ({
    ...inner,
    findByTransaction: async (id) => (await inner.findByTransaction(id)).filter(({ stage }) => stage === 'confirmed'),
  })),
  inView('one reservation of a transaction is found', (inner) => ({
    ...inner,
    findByTransaction: async (id) => (await inner.findByTransaction(id)).slice(0, 1),
  })),
  inView('all reservations of a transaction are given', (inner) => ({
    ...inner,
    async findByTransaction(id) {
      const { reservations, next } = await inner.list({ by: null, order: 'asc', after: null, limit: 200 });
      const rest =
        next === null ? [] : (await inner.list({ by: null, order: 'asc', after: next, limit: 200 })).reservations;
      return [...reservations, ...rest].filter(({ transactionId }) => transactionId === id);
    },
  })),
  inView('a count goes on beyond its bound', (inner) => ({
    ...inner,
    count: ({ stage }) => inner.count({ stage, max: COUNT_MAX }),
  })),
  inView('a count is of every open stage', (inner) => ({
    ...inner,
    async count({ max }) {
      const stages = ['processing', 'unresolved', 'escalated'] as const;
      const counts = await Promise.all(stages.map((stage) => inner.count({ stage, max })));
      return Math.min(
        max,
        counts.reduce((sum, count) => sum + count, 0),
      );
    },
  })),
  {
    bug: 'a transaction is found that was shown before',
    plant(store) {
      const seen = new Map<string, ReservationId>();
      return {
        ...store,
        view: {
          ...store.view,
          async findByTransaction(id) {
            const earlier = seen.get(id);
            const found = await store.view.findByTransaction(id);
            if (found[0] !== undefined) seen.set(id, found[0].reservationId);
            const row = found.length === 0 && earlier !== undefined ? await store.view.find(earlier) : null;
            return row === null ? found : [row];
          },
        },
      };
    },
  },
];
