import { intentOf } from '../evidence/evidence.ts';
import type { Check } from './check.ts';

/** The workload knows which requests are invalid. */
export const invalidLeavesNoTrace: Check = {
  number: '13',
  invariant: 'an invalid request leaves no trace, and only an invalid request is answered as invalid',
  check(evidence) {
    for (const { intent, kind } of evidence.step.answers) {
      const isInvalid = intent.expected === null;
      // A key that belongs to another request is reported before the faults of this one.
      const isRefused = kind === 'invalid' || (isInvalid && kind === 'key-reused');
      if (isRefused !== isInvalid) return { about: intent.tag, detail: `answered "${kind}"` };
    }
    for (const reservation of evidence.step.touched) {
      if (intentOf(evidence, reservation)?.expected === null) return { about: reservation.id, detail: 'was recorded' };
    }
    return null;
  },
};
