import { closeSync, openSync, writeSync } from 'node:fs';
import type { CallCounter } from './call-counter.ts';

/** One line of a call log, with the field names of the wire. */
export type CallLogLine =
  /** A payment service started; calls that were open before ended with its process. */
  | { readonly event: 'started'; readonly at: string }
  /** A call of ProcessPayment arrived or ended; `call` is its number within the reservation and the process. */
  | {
      readonly event: 'arrived' | 'ended';
      readonly at: string;
      readonly reservation_id: string;
      readonly call: number;
    };

/** A {@link CallCounter} that also writes a log. */
export interface CallLog extends CallCounter {
  close(): void;
}

/**
 * Writes every call to a file of JSON lines with one system call each, so that the lines survive the end of the process.
 */
export function openCallLog(path: string, counter: CallCounter, now: () => number): CallLog {
  const file = openSync(path, 'a');
  const write = (line: CallLogLine): void => void writeSync(file, `${JSON.stringify(line)}\n`);
  const at = (): string => new Date(now()).toISOString();
  let closed = false;
  write({ event: 'started', at: at() });
  return {
    ...counter,
    begin(reservation_id) {
      const { call, end } = counter.begin(reservation_id);
      if (!closed) write({ event: 'arrived', at: at(), reservation_id, call });
      let ended = false;
      return {
        call,
        end() {
          if (!ended && !closed) write({ event: 'ended', at: at(), reservation_id, call });
          ended = true;
          end();
        },
      };
    },
    close() {
      if (!closed) closeSync(file);
      closed = true;
    },
  };
}
