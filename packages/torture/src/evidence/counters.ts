/** Faults that were performed, and incidents. */
export interface Counters {
  /** SIGKILLs sent to servers. */
  kills: number;
  /** Servers that killed themselves at a failpoint. */
  failpointKills: number;
  pauses: number;
  /** Pauses beyond a lease while other servers ran. */
  longPauses: number;
  /** Graceful stops, by SIGTERM. */
  stops: number;
  sandboxKills: number;
  sandboxPauses: number;
  /** Refusals of a second server on one database. */
  refusals: number;
  /** How often each fault was performed, by its name. */
  readonly faults: Map<string, number>;
  /** Ends of processes that were neither asked for nor allowed, as text. */
  readonly incidents: string[];
}

/** Builds counters at zero. */
export function createCounters(): Counters {
  return {
    kills: 0,
    failpointKills: 0,
    pauses: 0,
    longPauses: 0,
    stops: 0,
    sandboxKills: 0,
    sandboxPauses: 0,
    refusals: 0,
    faults: new Map(),
    incidents: [],
  };
}
