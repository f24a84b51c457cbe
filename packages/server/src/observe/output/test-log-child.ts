import { setImmediate as nextTurn } from 'node:timers/promises';
import { createLogger } from '../log.ts';
import { standardOutput } from './standard-streams.ts';

/** Lines that are logged in one turn of the event loop. */
const BATCH_LINES = 1_000;

// Logs as many lines as the argument says, each with its number and a kilobyte, tells when it has, and when nothing
// waits any more. Logs one more line when it is told to, and ends by itself once all is written.
const lines = Number(process.argv[2]);
const text = 'x'.repeat(1_024);
const logger = createLogger('info');
for (let number = 0; number < lines; number += 1) {
  logger.info({ number, text });
  if (number % BATCH_LINES === 0) await nextTurn();
}
process.once('message', () => {
  logger.info({ number: lines, text });
  process.disconnect?.();
});
process.send?.('logged');
await standardOutput().idle();
if (process.connected) process.send?.('idle');
