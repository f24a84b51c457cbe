import { intentOf, keyName, type CreateAnswer, type Facts, type ReservationFacts } from '../facts.ts';
import { isSame } from './fold.ts';
import type { Breach, Invariant } from './invariant.ts';

/** Judged by the log and by every answer. */
export const keys: Invariant = {
  number: '12',
  promise: 'one idempotency key of one caller makes one reservation; another body has no effect',
  check(facts) {
    return findSecondReservation(facts) ?? findWrongAnswer(facts);
  },
};

function findSecondReservation(facts: Facts): Breach | null {
  for (const { before, request } of facts.fresh.appends) {
    const created = facts.reservations.get(request.stream);
    const intent = created === undefined || before.length > 0 ? undefined : intentOf(facts, created);
    if (created === undefined || intent === undefined || intent.key === null) continue;
    for (const other of facts.reservations.values()) {
      const otherIntent = intentOf(facts, other);
      if (other === created || otherIntent === undefined || otherIntent.key === null) continue;
      if (keyName(otherIntent) !== keyName(intent)) continue;
      return { about: created.id, seen: `the key ${keyName(intent)} made ${other.id} before` };
    }
  }
  return null;
}

function findWrongAnswer(facts: Facts): Breach | null {
  for (const answer of facts.fresh.answers) {
    const { intent, kind } = answer;
    const name = keyName(intent);
    const answered = answer.reservationId === null ? undefined : facts.reservations.get(answer.reservationId);
    const made = answered === undefined ? undefined : intentOf(facts, answered);
    if (made !== undefined && answered !== undefined) {
      const about = answered.id;
      const isOwn = intent.key === null ? made.tag === intent.tag : keyName(made) === name;
      if (!isOwn) return { about, seen: `${name} was answered with the reservation of ${keyName(made)}` };
      if (!isSame(made.expected, intent.expected)) return { about, seen: `${name}: another body was answered with it` };
    }
    if (kind !== 'key-reused') continue;
    const owner = ownerOf(facts, answer);
    if (owner === undefined || isSame(intentOf(facts, owner)?.expected, intent.expected)) {
      return { about: owner?.id ?? intent.tag, seen: `${name}: refused, and the body is the same` };
    }
  }
  return null;
}

function ownerOf(facts: Facts, { intent }: CreateAnswer): ReservationFacts | undefined {
  for (const reservation of facts.reservations.values()) {
    const made = intentOf(facts, reservation);
    if (made !== undefined && keyName(made) === keyName(intent)) return reservation;
  }
  return undefined;
}
