/** How many events a follower reads at a time unless told otherwise. */
export const FEED_PAGE_DEFAULT = 500;

/** Streams of which a follower remembers how they began, at most; of another one it reads the first event. Twice {@link READ_LIMIT_MAX} at least. */
export const FEED_OPENINGS_MAX = 10_000;

/** Pause of a follower before it looks again, right after events came; it doubles while none come. */
export const FEED_POLL_MIN_MS = 10;

/** The longest such pause: how late a commit of another process is found at the latest without a notification. */
export const FEED_POLL_MAX_MS = 1_000;

/** Pause after the store could not be used; it doubles while that lasts. */
export const FEED_FAULT_PAUSE_MS = 100;

/** The longest such pause. */
export const FEED_FAULT_PAUSE_MAX_MS = 5_000;

/** How long a subscription belongs to the process that reads it. It is renewed after a third of that. */
export const SUBSCRIPTION_LEASE_MS = 30_000;

/** How often a process that waits for a subscription looks whether it is free, or was resumed. */
export const SUBSCRIPTION_WAIT_MS = 5_000;

/** After so many handled events the checkpoint is saved. */
export const CHECKPOINT_EVENTS_MAX = 100;

/** So long after an event was handled the checkpoint is saved, however few there were. */
export const CHECKPOINT_MS = 1_000;

/** How often an event is handed to a handler that throws: with the pauses below, for nearly three minutes. */
export const HANDLE_ATTEMPTS_MAX = 11;

/** Pause before an event is handed over again; it doubles with each attempt. */
export const HANDLE_PAUSE_MS = 200;

/** The longest such pause. */
export const HANDLE_PAUSE_MAX_MS = 60_000;
