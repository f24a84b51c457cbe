import type { Evidence } from '../evidence/evidence.ts';
import { isSame } from './fold.ts';
import type { CheckFailure, Check } from './check.ts';

/** Checked for every append, and for what the log's follower reads. */
export const positions: Check = {
  number: '10',
  invariant: 'positions are gapless and in commit order; a follower sees each event once',
  check({ step, log, followed }) {
    for (const { written, logBefore, request } of step.appends) {
      const isGapless = written.every((event, index) => event.position === logBefore + index + 1);
      if (!isGapless) return { about: request.stream, detail: `positions after ${logBefore} are not gapless` };
    }
    const from = followed.length - step.followed.length;
    for (const [index, event] of step.followed.entries()) {
      if (event === log[from + index] || isSame(event, log[from + index])) continue;
      return { about: event.stream, detail: `at ${from + index + 1} the follower saw position ${event.position}` };
    }
    return null;
  },
};

/** Holds at the end: the follower has seen every event. */
export function findUnseenEvent({ log, followed }: Evidence): CheckFailure | null {
  const unseen = log[followed.length];
  return unseen === undefined ? null : { about: unseen.stream, detail: `position ${unseen.position} was never seen` };
}
