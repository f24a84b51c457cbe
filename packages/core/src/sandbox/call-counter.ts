/** What one reservation's calls looked like from the payment service. */
export interface CallCount {
  readonly reservation_id: string;
  /** Calls of ProcessPayment that arrived. */
  readonly calls: number;
  /** The most of them that were open at a time. */
  readonly overlapMax: number;
}

/** Counts calls by reservation. */
export interface CallCounter {
  /** Counts a call that arrived; returns its number within the reservation, from 1, and what to call when it ended. */
  begin(reservationId: string): { readonly call: number; end(): void };
  counts(): readonly CallCount[];
}

/** Counts since the start of the process. */
export function createCallCounter(): CallCounter {
  const byReservation = new Map<string, { calls: number; open: number; overlapMax: number }>();
  return {
    begin(reservationId) {
      const count = byReservation.get(reservationId) ?? { calls: 0, open: 0, overlapMax: 0 };
      byReservation.set(reservationId, count);
      count.calls += 1;
      count.open += 1;
      count.overlapMax = Math.max(count.overlapMax, count.open);
      let ended = false;
      return {
        call: count.calls,
        end() {
          if (!ended) count.open -= 1;
          ended = true;
        },
      };
    },
    counts: () =>
      [...byReservation].map(([reservation_id, { calls, overlapMax }]) => ({ reservation_id, calls, overlapMax })),
  };
}
