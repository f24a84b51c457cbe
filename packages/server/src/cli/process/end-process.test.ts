import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { run, temporaryFile } from '../cli-fixture.ts';

test('a thread that does not return keeps no server from ending: SIGTERM ends it', async () => {
  const fifo = await temporaryFile('fifo');
  execFileSync('mkfifo', [fifo]);
  // Opening a FIFO that nothing writes to waits for ever, in a thread.
  const program = `import { open } from 'node:fs'; open(${JSON.stringify(fifo)}, 'r', () => undefined);`;
  const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(program)}`;
  const server = run(['--port', '0', '--sandbox'], { NODE_OPTIONS });
  await server.untilListening();
  server.kill('SIGTERM');
  expect(await server.ended).toBe('SIGTERM');
  expect(server.out()).toContain('"stopped"');
});
