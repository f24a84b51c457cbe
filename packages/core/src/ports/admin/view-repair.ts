import type { ReservationSummary } from '../../domain/reservation/summary.ts';

/** Largest number of rows in one {@link ViewRepair.put}, and of rows that one {@link ViewRepair.removeOrphans} looks at. */
export const REPAIR_ROWS_MAX = 500;

/** Result of one {@link ViewRepair.removeOrphans}. */
export interface OrphansRemoved {
  /** Number of rows that were removed. */
  readonly removed: number;
  /** Start of the next page, or null after the last one. */
  readonly next: string | null;
}

/**
 * Corrects rows of the view in place, while servers append. Both members judge and write in one transaction that excludes
 * appends, so that they never overwrite the row of a later append.
 */
export interface ViewRepair {
  /**
   * Writes each row whose stream has exactly `version` events, in the place of any other row of that reservation. A row
   * whose stream has another number of events is left out: an append since then has written the row. Takes at most
   * {@link REPAIR_ROWS_MAX} rows, each of another reservation; more reject with any error.
   * @returns the number of rows that differed and were written.
   */
  put(rows: readonly ReservationSummary[]): Promise<number>;
  /**
   * Removes the rows whose stream has no event, of at most `limit` rows (1 to {@link REPAIR_ROWS_MAX}) behind `after`
   * (null: from the start), in the order of ids. A limit outside of its bounds rejects with any error.
   */
  removeOrphans(page: { readonly after: string | null; readonly limit: number }): Promise<OrphansRemoved>;
}
