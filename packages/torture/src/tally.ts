/** What was done to the processes, and what they did that nobody asked for. */
export interface Tally {
  /** SIGKILLs sent to servers. */
  kills: number;
  /** Servers that killed themselves at a failpoint. */
  failpointKills: number;
  pauses: number;
  /** Stops in good order, by SIGTERM. */
  stops: number;
  sandboxKills: number;
  sandboxPauses: number;
  /** Further servers on a database that was served already. */
  refusals: number;
  /** Things that a process may never do, in words. */
  readonly incidents: string[];
}

/** Nothing was done yet. */
export function createTally(): Tally {
  return {
    kills: 0,
    failpointKills: 0,
    pauses: 0,
    stops: 0,
    sandboxKills: 0,
    sandboxPauses: 0,
    refusals: 0,
    incidents: [],
  };
}
