/** Levels of the log, the most severe first. */
export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** One of {@link LOG_LEVELS}: what is below it is not logged. */
export type LogLevel = (typeof LOG_LEVELS)[number];
