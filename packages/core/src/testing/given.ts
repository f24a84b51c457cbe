import assert from 'node:assert/strict';
import type { Command } from '../domain/reservation/commands.ts';
import type { Rejection } from '../domain/reservation/reservation.ts';
import type { ReservationEvent } from '../domain/reservation/events.ts';
import { decide, evolve, initialState, type Reservation } from '../domain/reservation/reservation.ts';

/** State and next step of a sentence about the decider. */
export interface Given {
  /** The state after the given events. */
  readonly state: Reservation;
  when(command: Command): {
    /** Asserts the events (none for a command without effect), or the rejection. */
    leadsTo(expected: readonly ReservationEvent[] | Rejection): void;
  };
}

/**
 * A sentence about the reservation's decider: given these events, this command leads to those events.
 * Built on node:assert, so that it works in every test runner.
 */
export function given(...events: readonly ReservationEvent[]): Given {
  const state = events.reduce(evolve, initialState);
  return {
    state,
    when: (command) => ({
      leadsTo(expected) {
        assert.deepEqual(decide(command, state), expected);
      },
    }),
  };
}
