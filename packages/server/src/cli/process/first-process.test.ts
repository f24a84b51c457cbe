import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { endFirstProcessBySignals } from './first-process.ts';

/** A process that keeps the exit codes that it was given. */
class ProcessDouble extends EventEmitter {
  readonly exits: number[] = [];
  readonly pid: number;

  constructor(pid: number) {
    super();
    this.pid = pid;
  }

  exit(code: number): void {
    this.exits.push(code);
  }
}

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)('%s ends process 1 with %i', (signal, code) => {
  const process = new ProcessDouble(1);
  endFirstProcessBySignals(process);
  process.emit(signal);
  expect(process.exits).toEqual([code]);
});

test('a server that listens for a signal decides itself, and other signals still end process 1', () => {
  const process = new ProcessDouble(1);
  endFirstProcessBySignals(process);
  process.on('SIGTERM', () => undefined);
  process.emit('SIGTERM');
  expect(process.exits).toEqual([]);
  process.emit('SIGINT');
  expect(process.exits).toEqual([130]);
});

test('the signals of any other process are left to the system', () => {
  const process = new ProcessDouble(17);
  endFirstProcessBySignals(process);
  expect(process.eventNames()).toEqual([]);
});
