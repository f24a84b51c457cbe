/** Attempts to decide a command after lost races. */
export const DECIDE_ATTEMPTS_MAX = 5;

/** Attempts to send one append when the store fails and it is unknown whether it was committed. */
export const APPEND_ATTEMPTS_MAX = 3;

/** Pause before an append is sent again, multiplied by the number of attempts so far. */
export const APPEND_RETRY_PAUSE_MS = 50;

/**
 * An append is sent again only within this time of the first attempt: a store that fails slowly has used up the time that a
 * caller can wait.
 */
export const APPEND_RESEND_WITHIN_MS = 1_000;

/**
 * Times that a request looks up an idempotency key again whose reservation failed, unsent, in the meantime. Then it answers
 * with the last reservation that it found.
 */
export const KEY_TURNS_MAX = 3;

/** Lease of a payment. */
export const LEASE_MS = 20_000;

/**
 * No attempt starts later than this after the lease began: an attempt of 5 s that starts at the last moment, and the append
 * after it, still end within the lease.
 */
export const SEND_WINDOW_MS = 12_000;

/** Time that {@link stop} gives running charges before it cancels them. */
export const DRAIN_MS = 20_000;

/** Payments that settlement processes concurrently. */
export const SETTLEMENT_CONCURRENCY_MAX = 32;

/** Part of a gateway's charges that is kept for settlement: one in this many, at least one. */
export const SETTLEMENT_SHARE = 8;

/** Reads of the store under way in one engine; a further one is refused. A store that stalls holds each for seconds. */
export const READS_MAX = 1_024;

/** Pause of settlement when nothing is due. */
export const SETTLEMENT_POLL_MS = 1_000;

/** First pause before an unknown payment is tried again; doubles with each attempt. */
export const SETTLEMENT_BACKOFF_MS = 1_000;

/** Longest such pause. */
export const SETTLEMENT_BACKOFF_MAX_MS = 60_000;

/** Age at which an open payment is escalated when the payment service again brings no verdict. */
export const ESCALATE_AFTER_MS = 3_600_000;

/** Age at which it is escalated also when the payment service cannot be reached at all. */
export const ESCALATE_UNREACHED_AFTER_MS = 86_400_000;

/** Fewest attempts of settlement before an escalation: an outage of our own must not escalate. */
export const ESCALATE_ATTEMPTS_MIN = 3;
