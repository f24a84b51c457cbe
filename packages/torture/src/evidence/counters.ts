/** What was done to the processes, and what they did that nobody asked for. */
export interface Counters {
  /** SIGKILLs sent to servers. */
  kills: number;
  /** Servers that killed themselves at a failpoint. */
  failpointKills: number;
  pauses: number;
  /** Pauses for longer than a lease while other servers went on. */
  longPauses: number;
  /** Stops in good request, by SIGTERM. */
  stops: number;
  sandboxKills: number;
  sandboxPauses: number;
  /** Further servers on a database that was served already. */
  refusals: number;
  /** How often each fault was done, by its name. */
  readonly faults: Map<string, number>;
  /** Things that a process may never do, in words. */
  readonly incidents: string[];
}

/** Nothing was done yet. */
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
