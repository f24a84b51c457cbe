/** Default maximum of a body: far more than any reservation needs. */
export const BODY_LIMIT_BYTES: number = 64 * 1024;

/**
 * Most that may be allowed: what any valid request needs, however it is written (20 members of 540 characters, each of twelve
 * bytes as two escapes, are 130 kB). A body is read at once, and no other connection is served meanwhile.
 */
export const BODY_LIMIT_MAX_BYTES: number = 256 * 1024;

/** Default time for headers and body of a request to arrive. */
export const REQUEST_TIMEOUT_MS = 30_000;

/** Default of the connections that may be open at a time. */
export const CONNECTIONS_MAX = 10_000;

/** Most connections that may be allowed. */
export const CONNECTIONS_LIMIT = 1_000_000;

/** Default of the streams of events that may be open at a time. */
export const STREAMS_MAX = 2_000;

/** Most streams of events that may be allowed. */
export const STREAMS_LIMIT = 100_000;

/** Default time for a server to stop: an attempt to charge takes at most 5 s. */
export const SHUTDOWN_TIMEOUT_MS = 20_000;

/**
 * Default time for which an idle connection stays open: longer than most load balancers and HTTP clients keep one, so
 * that the server is not the first to close.
 */
export const KEEP_ALIVE_TIMEOUT_MS = 620_000;
