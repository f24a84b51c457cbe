/**
 * A process of its own for the tests of this folder, which have to kill some: `test-child.ts <task> <path>`.
 * What it has to say it writes to standard output, one line each, before it goes on.
 */
import { once } from 'node:events';
import { writeSync } from 'node:fs';
import { ReservationError } from '../../errors.ts';
import { exampleAppend, exampleEvent, exampleId, exampleSummary, NOTHING_ALONGSIDE } from '../../testing/builders.ts';
import { openSqliteStore } from './open/open.ts';

const CONCURRENCY = 20;
const FILES = 20;
const STDOUT = 1;
const [task, path = ''] = process.argv.slice(2);

function say(line: string): void {
  writeSync(STDOUT, `${line}\n`);
}

/** Appends until killed, and says the number of each append that was acknowledged. */
async function appendForEver(): Promise<void> {
  const store = await openSqliteStore({ path });
  let last = 0;
  async function write(): Promise<never> {
    for (;;) {
      last += 1;
      const n = last;
      const inlineWrites = { ...NOTHING_ALONGSIDE, summary: exampleSummary(exampleId(n)) };
      const events = [exampleEvent(n), exampleEvent(n)];
      const result = await store.events.append(exampleAppend(exampleId(n), { events, inlineWrites }));
      if (result.kind === 'appended') say(String(n));
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, write));
}

/** Serves the file until killed. */
async function serve(): Promise<void> {
  const store = await openSqliteStore({ path });
  say('serving');
  setInterval(() => void store.checkWritable(), 1_000);
}

/** Opens the file beside the serving process, writes once and closes. */
async function openBeside(): Promise<void> {
  const store = await openSqliteStore({ path, exclusive: false });
  await store.checkWritable();
  await store.close();
  say('done');
}

/** Says that it is ready, waits for a line, then opens one new file after the other as fast as it can. */
async function openManyAtOnce(): Promise<void> {
  say('ready');
  await once(process.stdin, 'data');
  process.stdin.destroy();
  for (let n = 1; n <= FILES; n += 1) await (await openSqliteStore({ path: `${path}-${n}`, exclusive: false })).close();
  say('done');
}

const tasks: Readonly<Record<string, () => Promise<void>>> = { appendForEver, serve, openBeside, openManyAtOnce };

try {
  await tasks[task ?? '']?.();
} catch (error) {
  say(error instanceof ReservationError ? `${error.code}: ${error.message}` : String(error));
}
