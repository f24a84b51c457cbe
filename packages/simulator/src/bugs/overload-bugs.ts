import { ReservationError } from '@reservations/core';
import { type PlantedBug, withAppend } from './planted-bug.ts';

/** Errors in what a server does with requests beyond those that it can charge. */
export const OVERLOAD_BUGS: readonly PlantedBug[] = [
  {
    name: 'refused-after-commit',
    mistake: 'a request is recorded before it is found that there is no place for its charge',
    plant: () => ({ gateway: (gateway) => ({ ...gateway, chargesMax: 10 * gateway.chargesMax }) }),
  },
  {
    name: 'refused-yet-recorded',
    mistake: 'a request is answered as refused for overload although it was recorded',
    plant: () => ({
      store: (store) =>
        withAppend(store, (append) => async (request) => {
          const result = await append(request);
          const isCreation = request.events.some(({ type }) => type === 'RESERVATION_CREATED');
          if (!isCreation || result.kind !== 'appended' || result.position % 10 !== 0) return result;
          throw new ReservationError('OVERLOADED', 'planted');
        }),
    }),
  },
  {
    name: 'place-not-released',
    mistake: 'a request that ends with an error keeps its place, so that in the end there is none',
    plant: () => ({
      engine(engine) {
        let left = 3;
        return {
          ...engine,
          async create(...args) {
            if (left === 0) throw new ReservationError('OVERLOADED', 'planted');
            try {
              return await engine.create(...args);
            } catch (error) {
              left -= 1;
              throw error;
            }
          },
        };
      },
    }),
  },
];
