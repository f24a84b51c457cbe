/** Default page size of a follower, in events. */
export const FEED_PAGE_DEFAULT = 500;

/** Number of streams whose first event a follower remembers; for others it reads the first event. At least twice {@link READ_LIMIT_MAX}. */
export const FEED_OPENINGS_MAX = 10_000;

/** First pause of a follower after events arrived; doubles while none arrive. */
export const FEED_POLL_MIN_MS = 10;

/** Longest such pause: the latest time at which a commit of another process is found without a notification. */
export const FEED_POLL_MAX_MS = 1_000;

/** First pause after a read failed because the store is unavailable; doubles while it stays unavailable. */
export const FEED_FAULT_PAUSE_MS = 100;

/** Longest such pause. */
export const FEED_FAULT_PAUSE_MAX_MS = 5_000;

/** Lease of a subscription; renewed after a third of it. */
export const SUBSCRIPTION_LEASE_MS = 30_000;

/** Interval at which a waiting process checks whether a subscription is free or was resumed. */
export const SUBSCRIPTION_WAIT_MS = 5_000;

/** Number of handled events after which the checkpoint is saved. */
export const CHECKPOINT_EVENTS_MAX = 100;

/** Time after a handled event within which the checkpoint is saved, however few events were handled. */
export const CHECKPOINT_MS = 1_000;

/** Attempts to handle one event; with the pauses below they take nearly three minutes. */
export const HANDLE_ATTEMPTS_MAX = 11;

/** First pause before an event is delivered again; doubles with each attempt. */
export const HANDLE_PAUSE_MS = 200;

/** Longest such pause. */
export const HANDLE_PAUSE_MAX_MS = 60_000;
