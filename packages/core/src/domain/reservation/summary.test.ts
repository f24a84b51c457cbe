import { expect, test } from 'vitest';
import { reservationIdFrom } from '../ids.ts';
import { decide, evolve, initialState, isRejection, type Reservation } from './reservation.ts';
import { summarize } from './summary.ts';
import type { Timestamp } from '../timestamp.ts';

const at = '2026-01-02T03:04:05.678Z' as Timestamp;

/** A reservation that was declined in these words. */
function declined(message: string): Reservation {
  const money = { amountMinor: 1_050, currency: 'EUR', decimals: 2 };
  const commands = [
    { type: 'create', userId: 'user', money, reference: null, metadata: {}, at },
    { type: 'record-outcome', outcome: { kind: 'declined', message }, answerUnknownAs: 'pending', at },
  ] as const;
  return commands.reduce<Reservation>((state, command) => {
    const decision = decide(command, state);
    if (isRejection(decision)) throw new Error(decision.kind);
    return decision.reduce(evolve, state);
  }, initialState);
}

test('a message that not every database can hold is shown without what cannot be held, and stays in the event', () => {
  const state = declined('no \u0000 funds \uD800 😀');
  if (state.stage !== 'failed') throw new Error(state.stage);
  const id = reservationIdFrom('019b0000-0000-7000-8000-000000000001');
  expect(summarize(id, state, 2, 'anonymous').message).toBe('no \uFFFD funds \uFFFD 😀');
  expect(state.message).toBe('no \u0000 funds \uD800 😀');
});
