import { eachReservation, type Check } from './check.ts';

/** Recorded by the channel when each send starts. */
export const noSendAfterStop: Check = eachReservation(
  '16',
  "no send starts after shutdown began or the caller's signal aborted",
  ({ sends }) => {
    const { wasStopping = false, wasAborted = false } = sends.at(-1) ?? {};
    if (wasStopping) return 'sent after shutdown began';
    return wasAborted ? 'sent after the caller had aborted' : null;
  },
);
