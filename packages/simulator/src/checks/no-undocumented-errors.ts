import { isReservationError } from '@reservations/core';
import type { Check } from './check.ts';

/** The simulated payment service never contradicts itself and the store is never damaged: such reports are false. */
export const noUndocumentedErrors: Check = {
  number: 'A',
  invariant: 'every error is documented, and no false alarm is raised',
  check({ step }) {
    for (const { source, error } of step.undocumentedErrors)
      return { about: null, detail: `${source}: ${String(error)}` };
    for (const { source, observation } of step.observations) {
      if (observation.kind === 'contradiction') {
        return { about: observation.reservationId, detail: `${source} raised an alarm: ${observation.detail}` };
      }
      if (observation.kind === 'settlement-fault' && !isReservationError(observation.error, 'STORE_UNAVAILABLE')) {
        return { about: observation.reservationId, detail: `${source}, settlement: ${String(observation.error)}` };
      }
    }
    return null;
  },
};
