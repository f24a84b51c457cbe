import type { Evidence } from '../evidence/evidence.ts';
import { isSame } from './fold.ts';
import type { CheckFailure, Check } from './check.ts';

/** The log as it grows, and as somebody sees it who follows it. */
export const positions: Check = {
  number: '10',
  invariant: 'positions are gapless and in commit order; who follows them sees each event once',
  check({ step, log, followed }) {
    for (const { written, logBefore, request } of step.appends) {
      const isGapless = written.every((event, index) => event.position === logBefore + index + 1);
      if (!isGapless) return { about: request.stream, seen: `positions after ${logBefore} are not gapless` };
    }
    const from = followed.length - step.followed.length;
    for (const [index, event] of step.followed.entries()) {
      if (event === log[from + index] || isSame(event, log[from + index])) continue;
      return { about: event.stream, seen: `at ${from + index + 1} the follower saw position ${event.position}` };
    }
    return null;
  },
};

/** In the end the follower has seen everything. */
export function findUnseenEvent({ log, followed }: Evidence): CheckFailure | null {
  const unseen = log[followed.length];
  return unseen === undefined ? null : { about: unseen.stream, seen: `position ${unseen.position} was never seen` };
}
