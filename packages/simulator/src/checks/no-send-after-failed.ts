import type { Shown } from '../evidence/evidence.ts';
import { eachReservation, type Check } from './check.ts';

/**
 * A client that was answered FAILED may pay by other means. An unknown outcome is answered so only after it was
 * escalated, and nothing is sent afterwards.
 */
export const noSendAfterFailed: Check = eachReservation(
  'D',
  'once an unknown outcome was answered as FAILED no send starts, and it is escalated',
  ({ shown, sends, events }) => {
    for (const each of shown) {
      if (!wasAnsweredFailed(each)) continue;
      if (sends.length > each.sendsBefore) return 'sent after the answer FAILED';
      const durable = events.slice(0, each.durableVersion);
      if (!durable.some(({ type }) => type === 'PAYMENT_ESCALATED')) return 'answered FAILED without an escalation';
    }
    return null;
  },
);

function wasAnsweredFailed({ summary }: Shown): boolean {
  return summary.status === 'RESERVATION_FAILED' && summary.stage !== 'failed';
}
