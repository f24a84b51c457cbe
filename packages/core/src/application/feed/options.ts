import { checkOneOf, checkWholeNumber } from '../../options.ts';
import { READ_LIMIT_MAX } from '../../ports/event-store.ts';
import { FEED_PAGE_DEFAULT, FEED_POLL_MAX_MS, FEED_POLL_MIN_MS } from './limits.ts';

/** Polling for events that no commit signal announced. Whole milliseconds. */
export interface PollOptions {
  /** First pause after events arrived; doubles up to `pollMaxMs` while none arrive. Defaults 10 ms and 1 s. */
  readonly pollMinMs?: number;
  readonly pollMaxMs?: number;
  /** Page size in events, 1 to 1,000. Default 500. */
  readonly pageSize?: number;
}

/** Handling of events that a later release wrote. */
export interface UnknownEventOptions {
  /**
   * "deliver", the default: they come as events of the kind "unknown". "skip": they are passed over, for readers that act
   * only on what they know.
   */
  readonly onUnknown?: 'deliver' | 'skip';
}

/** The option with its default. @throws {ReservationError} INVALID_OPTION */
export function unknownEventPolicy({ onUnknown = 'deliver' }: UnknownEventOptions): Required<UnknownEventOptions> {
  return { onUnknown: checkOneOf('onUnknown', onUnknown, ['deliver', 'skip']) };
}

/** The options with their defaults. @throws {ReservationError} INVALID_OPTION, naming option, expectation and value. */
export function pollPolicy(options: PollOptions): Required<PollOptions> {
  const { pollMinMs = FEED_POLL_MIN_MS, pageSize = FEED_PAGE_DEFAULT } = options;
  const { pollMaxMs = Math.max(FEED_POLL_MAX_MS, pollMinMs) } = options;
  checkWholeNumber('pollMinMs', pollMinMs, 1);
  checkWholeNumber('pollMaxMs', pollMaxMs, pollMinMs);
  checkWholeNumber('pageSize', pageSize, 1, READ_LIMIT_MAX);
  return { pollMinMs, pollMaxMs, pageSize };
}
