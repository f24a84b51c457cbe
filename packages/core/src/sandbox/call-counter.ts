/** Calls of one reservation as the payment service saw them. */
export interface CallCount {
  readonly reservation_id: string;
  /** Calls of ProcessPayment that arrived. */
  readonly calls: number;
  /** Largest number of concurrent calls. */
  readonly overlapMax: number;
}

/** Counts calls by reservation. */
export interface CallCounter {
  /** Counts an incoming call; returns its number within the reservation, from 1, and a function to call at its end. */
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
