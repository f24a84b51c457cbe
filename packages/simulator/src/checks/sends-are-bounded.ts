import { eachReservation, type Check } from './check.ts';

const SENDS_MAX = 3;
const SEND_MS_MAX = 5_000;

/** Counted by the channel, for each charge run: one of a request, or one of settlement. */
export const sendsAreBounded: Check = eachReservation(
  '14',
  'at most 3 sends for a request, and each ends within 5 s',
  ({ sends }) => {
    for (const [run, of] of Map.groupBy(sends, (send) => send.chargeRun)) {
      if (of.length > SENDS_MAX) return `charge run ${run} sent ${of.length} times`;
      for (const { startedAt, endedAt } of of) {
        if (endedAt !== null && endedAt - startedAt > SEND_MS_MAX) return `a send took ${endedAt - startedAt} ms`;
      }
    }
    return null;
  },
);
