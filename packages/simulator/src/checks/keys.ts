import { type CreateAnswer, type Facts, intentOf, keyName, type ReservationFacts } from '../evidence/evidence.ts';
import { isSame } from './fold.ts';
import type { Breach, Invariant } from './check.ts';

/** Judged by the log and by every answer. */
export const keys: Invariant = {
  number: '12',
  promise:
    'one idempotency key of one caller makes one reservation, and another only after it failed unsent; another body has no effect',
  check(facts) {
    return findSecondReservation(facts) ?? findWrongAnswer(facts);
  },
};

/** A key makes a reservation only when each one that it made before has failed with the proof that nothing was sent. */
function findSecondReservation(facts: Facts): Breach | null {
  for (const { before, request, logBefore } of facts.fresh.appends) {
    const created = facts.reservations.get(request.stream);
    const intent = created === undefined || before.length > 0 ? undefined : intentOf(facts, created);
    if (created === undefined || intent === undefined || intent.key === null) continue;
    for (const other of reservationsOf(facts, keyName(intent))) {
      if (other === created || wasUnsentAt(other, logBefore)) continue;
      return { about: created.id, seen: `the key ${keyName(intent)} made ${other.id} before` };
    }
  }
  return null;
}

function findWrongAnswer(facts: Facts): Breach | null {
  for (const answer of facts.fresh.answers) {
    const breach =
      wrongReservation(facts, answer) ?? (answer.kind === 'key-reused' ? wrongRefusal(facts, answer) : null);
    if (breach !== null) return breach;
  }
  return null;
}

function wrongReservation(facts: Facts, { intent, reservationId, logAtAsking }: CreateAnswer): Breach | null {
  const answered = reservationId === null ? undefined : facts.reservations.get(reservationId);
  const made = answered === undefined ? undefined : intentOf(facts, answered);
  if (made === undefined || answered === undefined) return null;
  const [about, name] = [answered.id, keyName(intent)];
  const isOwn = intent.key === null ? made.tag === intent.tag : keyName(made) === name;
  if (!isOwn) return { about, seen: `${name} was answered with the reservation of ${keyName(made)}` };
  if (!isSame(made.expected, intent.expected)) return { about, seen: `${name}: another body was answered with it` };
  if (wasUnsentAt(answered, logAtAsking))
    return { about, seen: `${name}: it had failed unsent before it was asked for` };
  return null;
}

/** A refusal needs another body that held the key at some time while the client waited for its answer. */
function wrongRefusal(facts: Facts, { intent, logAtAsking }: CreateAnswer): Breach | null {
  const name = keyName(intent);
  const known = reservationsOf(facts, name);
  const hasReason = known.some(
    (each) => !isSame(intentOf(facts, each)?.expected, intent.expected) && !wasUnsentAt(each, logAtAsking),
  );
  if (hasReason) return null;
  return { about: known[0]?.id ?? intent.tag, seen: `${name}: refused, and no other body has the key` };
}

/** True when the reservation had failed, with the proof that nothing was sent, within so many events of the log. */
function wasUnsentAt({ events }: ReservationFacts, logLength: number): boolean {
  const last = events.at(-1);
  if (last === undefined || last.position > logLength) return false;
  return last.type === 'RESERVATION_FAILED' && last.data['reason'] === 'not-sent';
}

function reservationsOf(facts: Facts, name: string): readonly ReservationFacts[] {
  return [...facts.reservations.values()].filter((reservation) => {
    const intent = intentOf(facts, reservation);
    return intent !== undefined && intent.key !== null && keyName(intent) === name;
  });
}
