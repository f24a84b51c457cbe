import { escapeInvisible } from '@reservations/core';
import type { LedgerResolution, LedgerSilence } from '@reservations/core/operations';
import { columns, count, describeAmount } from '../../text.ts';

const IN_WORDS: { readonly [Why in LedgerSilence]: string } = {
  'not-in-ledger': 'the export has no charge, which proves nothing',
  'charged-more-than-once': 'the export has more than one charge',
  'charge-differs': 'charged something else than was reserved',
  'transaction-differs': 'another transaction was found before',
  'transaction-shared': 'the export has this transaction for other reservations too',
  'transaction-id-unusable': 'the transaction id is not 1 to 255 visible ASCII characters',
  'of-a-later-release': 'a later release of the service has changed the reservation',
  'decided-meanwhile': 'another decision was faster',
};

/** Returns what `reconcile --resolve` wrote, and what is left to an operator. */
export function describeResolution({ resolved, left }: LedgerResolution): readonly string[] {
  const rows = [
    ...resolved.map(({ reservation, source }) => {
      const { reservationId, transactionId } = reservation;
      return [
        escapeInvisible(reservationId),
        `confirmed with transaction ${escapeInvisible(transactionId ?? '')}`,
        escapeInvisible(source),
      ];
    }),
    ...left.map(({ reservation, why }) => [
      escapeInvisible(reservation.reservationId),
      why === 'decided-meanwhile' ? 'left as it is' : 'left to an operator',
      `${IN_WORDS[why]} (${describeAmount(reservation)} of ${escapeInvisible(reservation.userId)})`,
    ]),
  ];
  const open = left.filter(({ why }) => why !== 'decided-meanwhile').length;
  const remaining = open === 0 ? 'none is left to an operator' : `${open} left to an operator (payments open)`;
  return [...columns(rows), `Resolved ${count(resolved.length, 'escalated payment')} by the export; ${remaining}.`];
}

/** Returns the same as members of the JSON output. */
export function resolutionToJson({ resolved, left }: LedgerResolution): object {
  return {
    resolved: resolved.map(({ reservation, source }) => ({
      reservation_id: reservation.reservationId,
      transaction_id: reservation.transactionId,
      source,
    })),
    left: left.map(({ reservation, why }) => ({ reservation_id: reservation.reservationId, why })),
  };
}
