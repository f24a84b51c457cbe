import type { Finding, Resolve } from '../../domain/reservation/commands.ts';
import { parseReservationId, type ReservationId } from '../../domain/ids.ts';
import { OPERATOR_NOTE_EXPECTED, parseOperatorNote } from '../../domain/operator-note.ts';
import { chargeWork } from '../payments/charge-work.ts';
import type { Rejection } from '../../domain/reservation/reservation.ts';
import type { ReservationSummary } from '../../domain/reservation/summary.ts';
import { toTimestamp } from '../../domain/timestamp.ts';
import { isTransactionId, TRANSACTION_ID_EXPECTED } from '../../domain/transaction-id.ts';
import { checkText, invalidOption } from '../../options.ts';
import type { ReservationStore } from '../../ports/reservation-store.ts';
import type { Runtime } from '../../ports/runtime.ts';
import { type CallerOptions, callerOf } from '../caller.ts';
import { handleCommand, keepKey, summaryOf } from '../commands/handle-command.ts';
import { loadReservation } from '../commands/load-reservation.ts';

/** An operator's decision about an escalated payment. It becomes part of the stream. */
export interface Resolution extends CallerOptions {
  /** The transaction id of a charge is 1 to 255 visible ASCII characters. */
  readonly finding: Finding;
  /** Name of the operator: 1 to 500 characters. White space at the ends is removed. */
  readonly actor: string;
  /** What was looked at, and what it showed: 1 to 500 characters. White space at the ends is removed. */
  readonly reason: string;
  readonly runtime: Runtime;
}

/** Result of a resolution. "unchanged": the reservation had this verdict already. */
export type ResolveResult =
  | { readonly kind: 'resolved' | 'unchanged'; readonly reservation: ReservationSummary }
  | { readonly kind: 'rejected'; readonly rejection: Rejection };

/** Settles an escalated payment by an operator's finding; an unknown id is rejected as "not-found". @throws {ReservationError} */
export async function resolvePayment(
  store: ReservationStore,
  reservationId: string,
  resolution: Resolution,
): Promise<ResolveResult> {
  const { runtime } = resolution;
  callerOf(resolution);
  const decision = {
    finding: checkFinding(resolution.finding),
    actor: checkNote('actor', resolution.actor),
    reason: checkNote('reason', resolution.reason),
  };
  const id = parseReservationId(reservationId);
  if (id === null) return { kind: 'rejected', rejection: { kind: 'not-found' } };
  return await resolve(store, id, { type: 'resolve', ...decision, at: toTimestamp(runtime.clock.now()) }, runtime);
}

/** The text that becomes part of the stream. @throws {ReservationError} INVALID_OPTION */
export function checkNote(name: string, text: string): string {
  const note = typeof text === 'string' ? parseOperatorNote(text) : null;
  if (note === null) throw invalidOption(name, OPERATOR_NOTE_EXPECTED, text);
  return note;
}

function checkFinding(finding: Finding): Finding {
  switch (finding.kind) {
    case 'charged':
      checkText('transactionId', finding.transactionId, isTransactionId, TRANSACTION_ID_EXPECTED);
      return finding;
    case 'not-charged':
      return finding;
  }
}

async function resolve(
  store: ReservationStore,
  id: ReservationId,
  command: Resolve,
  runtime: Runtime,
): Promise<ResolveResult> {
  const result = await handleCommand(
    { events: store.events, runtime },
    {
      id,
      command,
      loaded: await loadReservation(store.events, id),
      work: () => ({ change: 'remove', ...chargeWork(id), onlyIfLeasedBy: null }),
      key: keepKey,
    },
  );
  switch (result.kind) {
    case 'rejected':
      return { kind: 'rejected', rejection: result.rejection };
    case 'applied':
      return { kind: 'resolved', reservation: result.summary };
    case 'unchanged':
      return { kind: 'unchanged', reservation: summaryOf(id, result.loaded) };
    case 'key-taken':
    case 'lease-lost':
      throw new Error(`an append that claims no key and holds no lease cannot end "${result.kind}"`);
  }
}
