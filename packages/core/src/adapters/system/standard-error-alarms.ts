import { writeSync } from 'node:fs';
import { displayLine } from '../../domain/display-text.ts';
import { isReservationError } from '../../errors.ts';
import type { Observation, Observer } from '../../ports/observer.ts';

/** Most alarms written by one observer; later ones are dropped. */
export const ALARMS_WRITTEN_MAX = 1_000;

/** Longest line, in UTF-16 code units; longer ones are cut. */
const LINE_LENGTH_MAX = 1_000;

const STANDARD_ERROR = 2;

/**
 * The default observer: writes each alarm once to standard error, as one line of text. Alarms are distinguished by kind
 * and by the reservation, or subscription and position, that they concern. At most {@link ALARMS_WRITTEN_MAX} are written.
 * Never throws: a standard error that is closed or full is ignored.
 */
export function standardErrorAlarms(write: (line: string) => void = writeStandardError): Observer {
  const written = new Set<string>();

  function writeOnce({ about, text }: Alarm): void {
    if (written.has(about) || written.size > ALARMS_WRITTEN_MAX) return;
    written.add(about);
    if (written.size <= ALARMS_WRITTEN_MAX) write(toLine(`ALARM ${about}: ${text} (${HOW_TO_OBSERVE})`));
    else write(toLine(`ALARM: more than ${ALARMS_WRITTEN_MAX} alarms, the others are not written (${HOW_TO_OBSERVE})`));
  }

  return (observation) => {
    const alarm = alarmOf(observation);
    if (alarm !== null) writeOnce(alarm);
  };
}

const HOW_TO_OBSERVE = 'written once, because no observer is attached: pass the option "observer" to handle alarms';

interface Alarm {
  /** Kind and subject. */
  readonly about: string;
  readonly text: string;
}

/** The text of an alarm; null for observations that need no operator. */
function alarmOf(observation: Observation): Alarm | null {
  const { kind } = observation;
  switch (observation.kind) {
    case 'contradiction':
      return { about: `${kind} ${observation.reservationId}`, text: observation.detail };
    case 'payment-escalated': {
      const { reservationId, reason, detail } = observation;
      return { about: `${kind} ${reservationId}`, text: `${reason}: ${detail}` };
    }
    case 'payment-misconfigured':
      // Raised for every reservation until it is corrected.
      return { about: kind, text: `${observation.reservationId}: ${observation.detail}` };
    case 'payment-certificates':
      return observation.inUse ? null : { about: kind, text: observation.detail };
    case 'subscription-stopped':
    case 'subscription-skipped':
      return { about: `${kind} "${observation.subscription}" at ${observation.position}`, text: observation.detail };
    case 'store-alarm':
      return observation.raised ? { about: `${kind} ${observation.alarm}`, text: observation.detail } : null;
    case 'charge-fault':
    case 'settlement-fault':
      return damageOf(`${kind} ${observation.reservationId ?? ''}`.trimEnd(), observation.error);
    case 'feed-fault':
      return damageOf(`${kind} ${JSON.stringify(observation.subscription)}`, observation.error);
    case 'appends-committed':
    case 'attempt-ended':
    case 'charge-ended':
    case 'lease-lost':
    case 'settlement-looked':
    case 'subscription-retry':
    case 'subscription-lost':
      return null;
  }
}

/** Of the faults, only damage requires an operator. */
function damageOf(about: string, error: unknown): Alarm | null {
  return isReservationError(error, 'STORE_CORRUPT') ? { about, text: error.message } : null;
}

/** One line, whatever the text contains. */
function toLine(text: string): string {
  return `${displayLine(`@reservations/core: ${text}`, LINE_LENGTH_MAX)}\n`;
}

function writeStandardError(line: string): void {
  try {
    writeSync(STANDARD_ERROR, line);
  } catch {
    // Closed, or full and not waited for: there is no other place to report to.
  }
}
