import { Console } from 'node:console';
import { Writable } from 'node:stream';
import type { Output } from './output.ts';

/**
 * Sends what dependencies write to the console, and Node's own warnings, to these outputs. Node itself writes both
 * synchronously: a terminal that stands still would stop the process.
 */
export function redirectConsole(output: Output, errors: Output): void {
  globalThis.console = new Console({ stdout: writableTo(output), stderr: writableTo(errors) });
  // Without Node's own listener, warnings were switched off.
  if (process.listenerCount('warning') === 0) return;
  process.removeAllListeners('warning');
  process.on('warning', ({ name, message }) => errors.write(`${name}: ${message}\n`));
}

function writableTo(output: Output): Writable {
  return new Writable({
    write(chunk, _encoding, done) {
      output.write(String(chunk));
      done();
    },
  });
}
