/** How often things happened in a run. */
export interface Counters {
  steps: number;
  requests: number;
  crashes: number;
  freezes: number;
  lostAcknowledgements: number;
  sends: number;
  charges: number;
  /** Repairs of the view that completed. */
  repairs: number;
  /** Requests that were refused for overload. */
  refused: number;
  /** Requests that a client repeated because their key was free again: nothing had been sent. */
  keysFreed: number;
  /** Reservations whose outcome was unknown at first, by how they ended. */
  unknownConfirmed: number;
  unknownFailed: number;
  unknownEscalated: number;
}

/** Builds counters at zero. */
export function createCounters(): Counters {
  return {
    steps: 0,
    requests: 0,
    crashes: 0,
    freezes: 0,
    lostAcknowledgements: 0,
    sends: 0,
    charges: 0,
    repairs: 0,
    refused: 0,
    keysFreed: 0,
    unknownConfirmed: 0,
    unknownFailed: 0,
    unknownEscalated: 0,
  };
}

/** Adds `more` to `sum`, counter by counter. */
export function addCounters(sum: Counters, more: Counters): void {
  for (const name of Object.keys(sum) as (keyof Counters)[]) sum[name] += more[name];
}
