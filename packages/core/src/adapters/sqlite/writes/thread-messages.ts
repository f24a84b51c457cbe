import { ReservationError, type ReservationErrorCode } from '../../../errors.ts';
import type { Observation } from '../../../ports/observer.ts';
import type { KnownFile } from '../open/file-identity.ts';
import type { Outcome } from './group-commit.ts';
import type { SentAppended, SentWrite } from './sent-writes.ts';
import type { WriteQueries } from './statements.ts';

/** What a writer thread is started with. */
export interface ThreadSettings {
  readonly path: string;
  readonly busyTimeoutMs: number;
  readonly queries: WriteQueries;
  /** The files of the database, which must stay the same. */
  readonly files: readonly KnownFile[];
  /** Whether commits are observed. */
  readonly observed: boolean;
}

/** Asks the thread to commit a group, or to end. */
export type ToThread =
  | { readonly kind: 'commit'; readonly writes: readonly SentWrite[]; readonly waitMs: number }
  | { readonly kind: 'close' };

/** Answer of the thread: one when it is started, and one to each group. */
export type FromThread =
  | { readonly kind: 'started' }
  | { readonly kind: 'not-started'; readonly error: SentError }
  | {
      readonly kind: 'committed';
      readonly outcomes: readonly SentOutcome[];
      readonly observations: readonly Observation[];
    };

/** An outcome as it is sent: that of nearly all appends is two numbers. */
export type SentOutcome =
  | SentAppended
  | Extract<Outcome, { readonly kind: 'done' }>
  | { readonly kind: 'failed'; readonly error: SentError };

/** An error that can be sent: a message loses the class and the code of an error. */
interface SentError {
  /** Null for a bug of this package. */
  readonly code: ReservationErrorCode | null;
  readonly message: string;
  /** As text. */
  readonly cause: string | null;
}

/** Prepares an error for sending. */
export function toSent(error: unknown): SentError {
  if (!(error instanceof ReservationError)) return { code: null, message: messageOf(error), cause: null };
  return { code: error.code, message: error.message, cause: error.cause === undefined ? null : messageOf(error.cause) };
}

/** The error that was sent. */
export function fromSent({ code, message, cause }: SentError): Error {
  if (code === null) return new Error(message);
  return new ReservationError(code, message, cause === null ? {} : { cause: new Error(cause) });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
