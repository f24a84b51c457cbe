/** What happened in a run, in numbers. */
export interface Counters {
  steps: number;
  requests: number;
  crashes: number;
  freezes: number;
  lostAcknowledgements: number;
  sends: number;
  charges: number;
  /** How often the view was rebuilt and somebody result of it. */
  repairs: number;
  /** How often a client repeated a keyed request because nothing was sent for it. */
  keysFreed: number;
  /** How reservations ended whose outcome was unknown at first. */
  unknownConfirmed: number;
  unknownFailed: number;
  unknownEscalated: number;
}

/** Nothing happened yet. */
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
    keysFreed: 0,
    unknownConfirmed: 0,
    unknownFailed: 0,
    unknownEscalated: 0,
  };
}

/** Adds one counters to another. */
export function addCounters(sum: Counters, more: Counters): void {
  for (const name of Object.keys(sum) as (keyof Counters)[]) sum[name] += more[name];
}
