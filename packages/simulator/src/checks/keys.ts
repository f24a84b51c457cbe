import { type CreateAnswer, type Evidence, intentOf, keyName, type ReservationEvidence } from '../evidence/evidence.ts';
import { isSame } from './fold.ts';
import type { CheckFailure, Check } from './check.ts';

/** Checked in the log and for every answer. */
export const keys: Check = {
  number: '12',
  invariant:
    'one idempotency key of one caller makes one reservation, and another only after it failed unsent; another body has no effect',
  check(evidence) {
    return findSecondReservation(evidence) ?? findWrongAnswer(evidence);
  },
};

/** A key creates another reservation only after each earlier one failed with the proof that nothing was sent. */
function findSecondReservation(evidence: Evidence): CheckFailure | null {
  for (const { before, request, logBefore } of evidence.step.appends) {
    const created = evidence.reservations.get(request.stream);
    const intent = created === undefined || before.length > 0 ? undefined : intentOf(evidence, created);
    if (created === undefined || intent === undefined || intent.key === null) continue;
    for (const other of reservationsOf(evidence, keyName(intent))) {
      if (other === created || wasUnsentAt(other, logBefore)) continue;
      return { about: created.id, detail: `the key ${keyName(intent)} made ${other.id} before` };
    }
  }
  return null;
}

function findWrongAnswer(evidence: Evidence): CheckFailure | null {
  for (const answer of evidence.step.answers) {
    const failure =
      wrongReservation(evidence, answer) ?? (answer.kind === 'key-reused' ? wrongRefusal(evidence, answer) : null);
    if (failure !== null) return failure;
  }
  return null;
}

function wrongReservation(
  evidence: Evidence,
  { intent, reservationId, logAtAsking }: CreateAnswer,
): CheckFailure | null {
  const answered = reservationId === null ? undefined : evidence.reservations.get(reservationId);
  const made = answered === undefined ? undefined : intentOf(evidence, answered);
  if (made === undefined || answered === undefined) return null;
  const [about, name] = [answered.id, keyName(intent)];
  const isOwn = intent.key === null ? made.tag === intent.tag : keyName(made) === name;
  if (!isOwn) return { about, detail: `${name} was answered with the reservation of ${keyName(made)}` };
  if (!isSame(made.expected, intent.expected)) return { about, detail: `${name}: another body was answered with it` };
  if (wasUnsentAt(answered, logAtAsking))
    return { about, detail: `${name}: it had failed unsent before it was asked for` };
  return null;
}

/** A refusal needs another body that held the key while the client waited for its answer. */
function wrongRefusal(evidence: Evidence, { intent, logAtAsking }: CreateAnswer): CheckFailure | null {
  const name = keyName(intent);
  const known = reservationsOf(evidence, name);
  const hasReason = known.some(
    (each) => !isSame(intentOf(evidence, each)?.expected, intent.expected) && !wasUnsentAt(each, logAtAsking),
  );
  if (hasReason) return null;
  return { about: known[0]?.id ?? intent.tag, detail: `${name}: refused, and no other body has the key` };
}

/** True when the reservation had failed as not sent within the first `logLength` events of the log. */
function wasUnsentAt({ events }: ReservationEvidence, logLength: number): boolean {
  const last = events.at(-1);
  if (last === undefined || last.position > logLength) return false;
  return last.type === 'RESERVATION_FAILED' && last.data['reason'] === 'not-sent';
}

function reservationsOf(evidence: Evidence, name: string): readonly ReservationEvidence[] {
  return [...evidence.reservations.values()].filter((reservation) => {
    const intent = intentOf(evidence, reservation);
    return intent !== undefined && intent.key !== null && keyName(intent) === name;
  });
}
