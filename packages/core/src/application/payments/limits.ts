/** How often a command is decided anew when other writers were faster. */
export const DECIDE_ATTEMPTS_MAX = 5;

/** How often one append is sent when the store fails and it is not known whether it was committed. */
export const APPEND_ATTEMPTS_MAX = 3;

/** Pause before an append is sent again, multiplied by the number of attempts so far. */
export const APPEND_RETRY_PAUSE_MS = 50;

/**
 * An append is sent again only within this time of the first: a store that takes long to fail has taken what a caller
 * can wait already.
 */
export const APPEND_RESEND_WITHIN_MS = 1_000;

/**
 * How often a request looks anew at an idempotency key whose reservation failed, unsent, while the request asked for
 * it. Then it answers with the reservation that it found last.
 */
export const KEY_TURNS_MAX = 3;

/** How long a payment belongs to the process that charges it. */
export const LEASE_MS = 20_000;

/**
 * No attempt starts later than this after the lease began: an attempt of 5 s that starts at the last moment,
 * and the append after it, still end within the lease.
 */
export const SEND_WINDOW_MS = 12_000;

/** How long {@link stop} lets running charges end by themselves before it cancels them. */
export const DRAIN_MS = 20_000;

/** How many payments settlement works on at a time. */
export const SETTLEMENT_CONCURRENCY_MAX = 32;

/** Pause of settlement when nothing is due. */
export const SETTLEMENT_POLL_MS = 1_000;

/** Pause before an unknown payment is tried again; doubles with each attempt. */
export const SETTLEMENT_BACKOFF_MS = 1_000;

/** The longest pause between two attempts. */
export const SETTLEMENT_BACKOFF_MAX_MS = 60_000;

/** An open payment of this age is given to a person when the payment service, once more, brings no verdict. */
export const ESCALATE_AFTER_MS = 3_600_000;

/** At this age it is given to a person also when the payment service cannot be reached at all. */
export const ESCALATE_UNREACHED_AFTER_MS = 86_400_000;

/** Nothing is given to a person before settlement tried it so often: a long outage of ours is no reason. */
export const ESCALATE_ATTEMPTS_MIN = 3;

/** How often a rebuild of the view tries to take the place of the view that is shown. */
export const SWITCH_ATTEMPTS_MAX = 30;

/** How long the first attempt waits for those who use the view; doubles with each that found it in use. */
export const SWITCH_PATIENCE_MS = 100;

/**
 * The longest that one attempt waits: readers and writers wait as long. More than the second after which PostgreSQL
 * lets a waiting lock interrupt its own housekeeping of the table.
 */
export const SWITCH_PATIENCE_MAX_MS = 1_600;

/** The longest pause of a rebuild behind a batch; it is as long as the batch took, so that servers get their turn. */
export const REBUILD_PAUSE_MAX_MS = 100;

/** How many streams a rebuild loads at a time: a store may read together what is asked for together. */
export const REBUILD_LOADS_MAX = 100;

/**
 * A rebuild reads at most this many times the events that the log has when it begins. One that reads twice as fast as
 * the log grows needs 2.
 */
export const REBUILD_EVENTS_FACTOR = 4;

/** A log counts as this long for {@link REBUILD_EVENTS_FACTOR} when it is shorter. */
export const REBUILD_EVENTS_MIN = 50_000;
