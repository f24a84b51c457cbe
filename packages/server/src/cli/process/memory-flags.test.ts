import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test, vi } from 'vitest';
import { allocateYoung, FLAG } from './memory-flags.ts';

const setFlags = vi.hoisted(() => vi.fn());
vi.mock('node:v8', () => ({ setFlagsFromString: setFlags }));

test('the flag is set, and this V8 knows it', async () => {
  allocateYoung();
  expect(setFlags).toHaveBeenCalledExactlyOnceWith(FLAG);
  const script = `require('node:v8').setFlagsFromString(${JSON.stringify(FLAG)})`;
  // An unknown flag is reported there, and has no effect.
  expect(await promisify(execFile)(process.execPath, ['-e', script])).toEqual({ stdout: '', stderr: '' });
});
