import { intentOf } from '../evidence/evidence.ts';
import type { Check } from './check.ts';

/** A server knows how many charges its payment gateway takes, and records no request beyond them. */
export const refusedLeavesNoTrace: Check = {
  number: 'E',
  invariant: 'a request that is refused for overload leaves no trace, and every other one has a place for its charge',
  check(evidence) {
    for (const reservation of evidence.step.touched) {
      const intent = intentOf(evidence, reservation);
      if (intent !== undefined && evidence.refused.has(intent.tag)) {
        return { about: reservation.id, detail: `${intent.tag} was refused, and was recorded` };
      }
    }
    for (const { source, observation } of evidence.step.observations) {
      if (observation.kind !== 'charge-ended') continue;
      const { outcome, reservationId, by } = observation;
      if (outcome.kind === 'not-sent' && outcome.cause === 'bulkhead-full') {
        return { about: reservationId, detail: `${source}, ${by}: had no place for its charge` };
      }
    }
    return null;
  },
};
