import { EventEmitter } from 'node:events';
import { describe, expect, test } from 'vitest';
import { isStartedByNohup, type NohupTraces } from './nohup.ts';
import { listenForStop, SAME_REQUEST_MS } from './stop-signal.ts';

type Step = readonly [atMs: number, signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP'];

/** What comes of signals at their times: whether the stop began, and the codes of the exits at once. */
function after(steps: readonly Step[], ignoresHangup = false): readonly [boolean, readonly number[]] {
  const source = new EventEmitter();
  const exits: number[] = [];
  let now = 0;
  const stop = listenForStop({ source, now: () => now, exit: (code) => exits.push(code), ignoresHangup });
  for (const [atMs, signal] of steps) {
    now = atMs;
    source.emit(signal);
  }
  return [stop.aborted, exits];
}

describe('signals', () => {
  test.each<[string, readonly Step[], readonly [boolean, readonly number[]]]>([
    ['none', [], [false, []]],
    ['Ctrl-C', [[1_000, 'SIGINT']], [true, []]],
    ['a terminal that is closed', [[1_000, 'SIGHUP']], [true, []]],
    [
      'Ctrl-C that npm passes on',
      [
        [1_000, 'SIGINT'],
        [1_003, 'SIGINT'],
      ],
      [true, []],
    ],
    [
      'the same, slowly',
      [
        [1_000, 'SIGINT'],
        [1_000 + SAME_REQUEST_MS, 'SIGINT'],
      ],
      [true, []],
    ],
    [
      'two of two kinds at once',
      [
        [1_000, 'SIGTERM'],
        [1_001, 'SIGHUP'],
        [1_002, 'SIGINT'],
      ],
      [true, []],
    ],
    [
      'Ctrl-C again',
      [
        [1_000, 'SIGINT'],
        [1_003, 'SIGINT'],
        [1_600, 'SIGINT'],
      ],
      [true, [130]],
    ],
    [
      'SIGTERM again',
      [
        [1_000, 'SIGINT'],
        [9_000, 'SIGTERM'],
      ],
      [true, [143]],
    ],
    [
      'a terminal that is closed, several times',
      [
        [1_000, 'SIGHUP'],
        [9_000, 'SIGHUP'],
      ],
      [true, []],
    ],
  ])('%s', (_, steps, expected) => {
    expect(after(steps)).toEqual(expected);
  });

  test('SIGHUP is left alone under nohup', () => {
    expect(after([[1_000, 'SIGHUP']], true)).toEqual([false, []]);
    expect(
      after(
        [
          [1_000, 'SIGHUP'],
          [2_000, 'SIGTERM'],
        ],
        true,
      ),
    ).toEqual([true, []]);
  });
});

describe('nohup', () => {
  const NONE: NohupTraces = { started: '/usr/bin/node', inputFlags: 0o100002, outputFile: '/dev/pts/1' };

  test.each<[string, Partial<NohupTraces>, boolean]>([
    ['a shell that tells what it started', { started: '/usr/bin/nohup' }, true],
    ['a terminal as input, which it replaced', { inputFlags: 0o100001 }, true],
    ['a terminal as output, which it replaced', { outputFile: '/home/ada/nohup.out' }, true],
    ['no nohup, in a terminal', {}, false],
    ['no nohup, and no input', { inputFlags: 0o100000, outputFile: 'pipe:[17]' }, false],
    ['a system that tells nothing', { started: '', inputFlags: 0, outputFile: '' }, false],
  ])('%s', (_, traces, expected) => {
    expect(isStartedByNohup({ ...NONE, ...traces })).toBe(expected);
  });
});
