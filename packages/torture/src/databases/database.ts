import type { ReservationStore } from '@reservations/core';
import type { Fault } from '../faults/fault.ts';
import type { AllowedExit } from '../processes/server-run.ts';

/** A database that servers can be put on. */
export interface StoreKind {
  /** How many servers work on one database. */
  readonly servers: number;
  /** True when one more is refused. */
  readonly refusesMore: boolean;
  /** Makes a database of this kind, empty, with its files in `folder` or in temporary folders of its own. */
  create(folder: string): Promise<Database>;
}

/** One database for one run. */
export interface Database {
  /** Arguments that put a server on it. */
  readonly serverArgs: readonly string[];
  /** What can be done to it. */
  readonly faults: readonly Fault[];
  /** Why a server may find that it cannot start; null when there is always a database. */
  readonly allowedExit: AllowedExit | null;
  /** How often who follows the log looks for more. */
  readonly followEveryMs: number;
  /** Looks into it beside the servers. It must be there already. */
  look<Seen>(what: (store: ReservationStore) => Promise<Seen>): Promise<Seen>;
  /** Removes what is not inside of the folder. */
  drop(): Promise<void>;
}
