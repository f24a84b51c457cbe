import { isReservationError } from '@reservations/core';
import type { Check } from './check.ts';

/** The simulated payment service never contradicts itself, and the store is never damaged: so neither may we say so. */
export const noUndocumentedErrors: Check = {
  number: 'A',
  invariant: 'nobody sees an error that is not documented, and no false alarm is raised',
  check({ step }) {
    for (const { who, error } of step.undocumentedErrors) return { about: null, seen: `${who}: ${String(error)}` };
    for (const { who, observation } of step.observations) {
      if (observation.kind === 'contradiction') {
        return { about: observation.reservationId, seen: `${who} raised an alarm: ${observation.detail}` };
      }
      if (observation.kind === 'settlement-fault' && !isReservationError(observation.error, 'STORE_UNAVAILABLE')) {
        return { about: observation.reservationId, seen: `${who}, settlement: ${String(observation.error)}` };
      }
    }
    return null;
  },
};
