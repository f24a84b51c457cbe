import type { Logger } from 'pino';

/** Lines of refused requests in each interval; of the others there is one line with their number. */
const LINES_MAX = 10;

const INTERVAL_MS = 1_000;

/** Writes a line of a refused request, or counts the request. */
export type RefusalLog = (write: () => void) => void;

/**
 * Bounds the lines of refused requests, which cost their sender nothing and would fill the log: the first few of each second
 * are written, the others counted.
 */
export function createRefusalLog(logger: Logger): RefusalLog {
  let requests = 0;
  return (write) => {
    requests += 1;
    if (requests === 1) {
      setTimeout(() => {
        const uncounted = requests - LINES_MAX;
        if (uncounted > 0) logger.warn({ kind: 'requests-refused', requests: uncounted }, REFUSED_TEXT);
        requests = 0;
      }, INTERVAL_MS).unref();
    }
    if (requests <= LINES_MAX) write();
  };
}

const REFUSED_TEXT =
  'more requests were refused than have a line: 401, 429, 503 for a credential that cannot be checked, or beyond the connections that there may be';
