import { writeSync } from 'node:fs';
import { isReservationError } from '../../errors.ts';
import type { Observation, Observer } from '../../ports/observer.ts';

/** Alarms that one observer writes; what comes after them is counted no further. */
export const ALARMS_WRITTEN_MAX = 1_000;

/** The longest line, in UTF-16 code units; what is longer is cut. */
const LINE_LENGTH_MAX = 1_000;

const STANDARD_ERROR = 2;

/**
 * The observer of those who give none: writes each alarm once to standard error, as one line of text. Alarms are told
 * apart by kind and by the reservation, or subscription and position, that they are about. At most
 * {@link ALARMS_WRITTEN_MAX} are written. Never throws: a standard error that is closed or full takes nothing.
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

/** What a person has to see; null for what mends itself. */
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
      // Of every reservation until it is put right.
      return { about: kind, text: `${observation.reservationId}: ${observation.detail}` };
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
    case 'charge-ended':
    case 'lease-lost':
    case 'subscription-retry':
    case 'subscription-lost':
      return null;
  }
}

/** Of the faults only damage does not mend itself. */
function damageOf(about: string, error: unknown): Alarm | null {
  return isReservationError(error, 'STORE_CORRUPT') ? { about, text: error.message } : null;
}

/** One line, whatever the text is made of. */
function toLine(text: string): string {
  const line = `@reservations/core: ${text}`.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ');
  return `${line.slice(0, LINE_LENGTH_MAX).toWellFormed()}\n`;
}

function writeStandardError(line: string): void {
  try {
    writeSync(STANDARD_ERROR, line);
  } catch {
    // Closed, or full and not waited for: there is no other place to tell.
  }
}
