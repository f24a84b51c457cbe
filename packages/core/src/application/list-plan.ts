import { ANONYMOUS_CALLER } from '../domain/caller.ts';
import type { ReservationStatus, SummaryStage } from '../domain/reservation/summary.ts';
import type { ListKey, ListOrder } from '../ports/reservation-view.ts';
import type { Reader } from './caller.ts';

/** Conditions of a listing; null matches everything. */
export interface ListConditions {
  readonly userId: string | null;
  readonly stage: SummaryStage | null;
  readonly status: ReservationStatus | null;
  readonly caller: string | null;
  readonly reference: string | null;
  readonly transactionId: string | null;
}

/** How the rows of a listing are found. */
export interface ListPlan {
  /** Every row that can meet the conditions has one of these keys; null stands for all rows. None when no row can. */
  readonly keys: readonly (ListKey | null)[];
  /** True when every row of the keys meets all conditions. */
  readonly isWhole: boolean;
}

/** True when the first id comes behind the other in the order. */
export function isBehind(order: ListOrder, id: string, other: string): boolean {
  return order === 'asc' ? id > other : id < other;
}

/** A row is in one stage at a time and moves to the right: read in this order, it cannot be missed between two reads. */
const STAGES_OF: { readonly [Status in ReservationStatus]: readonly SummaryStage[] } = {
  RESERVATION_CREATED: ['processing', 'unresolved', 'escalated'],
  RESERVATION_CONFIRMED: ['confirmed'],
  RESERVATION_FAILED: ['unresolved', 'escalated', 'failed'],
};

/** Stages that a reservation leaves: few are in them at a time. */
const OPEN_STAGES: ReadonlySet<SummaryStage> = new Set(['processing', 'unresolved', 'escalated']);

/**
 * Chooses the index by which rows come: that of the condition that usually leaves the fewest. This is the transaction, the
 * reference or the user; then open stages, the caller, other stages; without any of them the order of ids.
 */
export function planListing(conditions: ListConditions, reader: Reader): ListPlan {
  const { userId, status, reference, transactionId } = conditions;
  const caller = reader.isRestricted ? reader.caller : conditions.caller;
  if (conditions.caller !== null && conditions.caller !== caller) return { keys: [], isWhole: true };
  const asked = { ...conditions, caller };
  if (transactionId !== null) return planBy({ field: 'transactionId', value: transactionId }, asked);
  if (reference !== null) return planBy({ field: 'reference', value: reference }, asked);
  if (userId !== null) return planBy({ field: 'userId', value: userId }, asked);
  const stages = possibleStages(conditions);
  const isOpen = stages?.every((stage) => OPEN_STAGES.has(stage)) === true;
  if (caller !== null && caller !== ANONYMOUS_CALLER && !isOpen)
    return planBy({ field: 'caller', value: caller }, asked);
  if (stages === null) return { keys: [null], isWhole: caller === null };
  const keys = stages.map((stage) => ({ field: 'stage', value: stage }) as const);
  return { keys, isWhole: caller === null && (status === null || status === 'RESERVATION_CONFIRMED') };
}

/** Rows of one key are whole when there is no condition but this one. */
function planBy(key: ListKey, asked: ListConditions): ListPlan {
  const others = Object.entries(asked).filter(([field, value]) => field !== key.field && value !== null);
  return { keys: [key], isWhole: others.length === 0 };
}

/** The stages in which a reservation can meet the conditions; null for every stage. */
function possibleStages({ stage, status }: ListConditions): readonly SummaryStage[] | null {
  if (status === null) return stage === null ? null : [stage];
  return STAGES_OF[status].filter((possible) => stage === null || possible === stage);
}
