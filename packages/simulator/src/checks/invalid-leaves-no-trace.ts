import { intentOf } from '../evidence/evidence.ts';
import type { Check } from './check.ts';

/** Which requests are invalid is known from how they were drawn. */
export const invalidLeavesNoTrace: Check = {
  number: '13',
  invariant: 'a request that does not validate leaves no trace, and only such a request is called invalid',
  check(evidence) {
    for (const { intent, kind } of evidence.step.answers) {
      const isInvalid = intent.expected === null;
      // A key that belongs to another request is told before what is wrong with this one.
      const isRefused = kind === 'invalid' || (isInvalid && kind === 'key-reused');
      if (isRefused !== isInvalid) return { about: intent.tag, seen: `answered "${kind}"` };
    }
    for (const reservation of evidence.step.touched) {
      if (intentOf(evidence, reservation)?.expected === null) return { about: reservation.id, seen: 'was recorded' };
    }
    return null;
  },
};
