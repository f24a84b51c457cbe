import type { Shown } from '../evidence/evidence.ts';
import { eachReservation, type Check } from './check.ts';

/**
 * A client that was told "failed" may pay by other means. It is told so of an unknown outcome only when an operator
 * was asked already, and nothing is sent from then on.
 */
export const noSendAfterFailed: Check = eachReservation(
  'D',
  'once FAILED was told of an unknown outcome no send starts, and an operator was asked',
  ({ shown, sends, events }) => {
    for (const each of shown) {
      if (!wasToldFailed(each)) continue;
      if (sends.length > each.sendsBefore) return 'sent after FAILED was told';
      const durable = events.slice(0, each.durableVersion);
      if (!durable.some(({ type }) => type === 'PAYMENT_ESCALATED'))
        return 'FAILED was told, and no operator was asked';
    }
    return null;
  },
);

function wasToldFailed({ summary }: Shown): boolean {
  return summary.status === 'RESERVATION_FAILED' && summary.stage !== 'failed';
}
