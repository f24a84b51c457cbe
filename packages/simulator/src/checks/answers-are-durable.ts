import { isSame, rowOf } from './fold.ts';
import { eachReservation, type Check } from './check.ts';

/** Checked for each answer, and again whenever the reservation is touched: the log only grows. */
export const answersAreDurable: Check = eachReservation(
  '7',
  'what was answered is durable and stays readable',
  ({ id, events, shown }) => {
    for (const { summary, durableVersion } of shown) {
      const { status, version } = summary;
      if (durableVersion < version)
        return `answered ${status}, version ${version}, while ${durableVersion} was durable`;
      const then = rowOf(id, events.slice(0, version));
      if (!isSame(then, summary)) {
        return `answered ${JSON.stringify(summary)}, while version ${version} is ${JSON.stringify(then)}`;
      }
    }
    return null;
  },
);
