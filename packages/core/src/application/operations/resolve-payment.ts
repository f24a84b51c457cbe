import type { Finding } from '../../domain/reservation/commands.ts';
import type { ReservationId } from '../../domain/ids.ts';
import type { Rejection } from '../../domain/reservation/reservation.ts';
import { type ReservationSummary, summarize } from '../../domain/reservation/summary.ts';
import { toTimestamp } from '../../domain/timestamp.ts';
import type { ReservationStore } from '../../ports/reservation-store.ts';
import type { Runtime } from '../../ports/runtime.ts';
import { assertExists, handleCommand, keepKey } from '../commands/handle-command.ts';
import { loadReservation } from '../commands/load-reservation.ts';

/** What a person decides about an escalated payment, with name and reason: it becomes part of the stream. */
export interface Resolution {
  readonly finding: Finding;
  readonly actor: string;
  readonly reason: string;
}

/** How it ended. "unchanged": it was so already. */
export type ResolveResult =
  | { readonly kind: 'resolved' | 'unchanged'; readonly reservation: ReservationSummary }
  | { readonly kind: 'rejected'; readonly rejection: Rejection };

/** Settles an escalated payment by a person's word; sends nothing to the payment service. */
export async function resolvePayment(
  deps: { readonly store: ReservationStore; readonly runtime: Runtime },
  id: ReservationId,
  resolution: Resolution,
): Promise<ResolveResult> {
  const { store, runtime } = deps;
  const result = await handleCommand(
    { events: store.events, runtime },
    {
      id,
      command: { type: 'resolve', ...resolution, at: toTimestamp(runtime.clock.now()) },
      loaded: await loadReservation(store.events, id),
      payment: () => ({ kind: 'remove', onlyIfLeasedBy: null }),
      key: keepKey,
    },
  );
  switch (result.kind) {
    case 'rejected':
      return { kind: 'rejected', rejection: result.rejection };
    case 'applied':
    case 'unchanged': {
      const { state, version } = result.loaded;
      assertExists(state);
      const kind = result.kind === 'applied' ? 'resolved' : 'unchanged';
      return { kind, reservation: summarize(id, state, version) };
    }
    case 'key-taken':
    case 'lease-lost':
      throw new Error(`an append that claims no key and holds no lease cannot end "${result.kind}"`);
  }
}
