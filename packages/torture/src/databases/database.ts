import type { ReservationStore } from '@reservations/core';
import type { Fault } from '../faults/fault.ts';
import type { AllowedExit } from '../processes/server-run.ts';

/** A kind of database that servers can run on. */
export interface StoreKind {
  /** Servers on one database. */
  readonly servers: number;
  /** True when a further server is refused. */
  readonly refusesMore: boolean;
  /** Creates an empty database, with its files in `folder` or in temporary folders of its own. */
  create(folder: string): Promise<Database>;
}

/** The database of one run. */
export interface Database {
  /** Arguments of a server that name it. */
  readonly serverArgs: readonly string[];
  /** Faults of the database. */
  readonly faults: readonly Fault[];
  /** Allows the exit of a server that cannot reach it; null for a database without outages. */
  readonly allowedExit: AllowedExit | null;
  /** Polling interval of the log follower. */
  readonly followEveryMs: number;
  /** Runs `work` with a store on it, beside the servers. Needs a database that a server has opened before. */
  inspect<Result>(work: (store: ReservationStore) => Promise<Result>): Promise<Result>;
  /** Removes what is outside of the folder. */
  drop(): Promise<void>;
}
