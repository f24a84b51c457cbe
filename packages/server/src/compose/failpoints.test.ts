import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';
import { failpointsFrom } from './failpoints.ts';

test.each(['before-lunch', 'before-send:', 'before-send:x', 'before-send:-1'])('%j is no failpoint', (setting) => {
  expect(() => failpointsFrom(setting)).toThrow(
    `RESERVATIONS_FAILPOINT: expected one of before-create-commit, after-create-commit, before-send, while-sending, after-reply, before-verdict-commit, after-verdict-commit, before-answer, found ${JSON.stringify(setting)}`,
  );
});

test('a process kills itself when it passes its failpoint once more than it may', async () => {
  const program = `
    import { createMemoryStore } from '@reservations/core/memory';
    import { failpointsFrom } from './failpoints.ts';
    const { events } = failpointsFrom('before-verdict-commit:2').store(createMemoryStore());
    for (let passed = 0; ; passed += 1) {
      process.stdout.write(passed + ' ');
      await events.append({ stream: 's', events: [] }).catch(() => undefined);
    }
  `;
  const args = ['--conditions=@reservations/source', '--input-type=module-typescript', '--eval', program];
  const child = spawn(process.execPath, args, { cwd: import.meta.dirname, stdio: ['ignore', 'pipe', 'inherit'] });
  let passed = '';
  child.stdout.on('data', (chunk) => (passed += String(chunk)));
  const signal = await new Promise((resolve) => child.once('close', (_, by) => resolve(by)));
  expect({ signal, passed }).toEqual({ signal: 'SIGKILL', passed: '0 1 2 ' });
});
