import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createCallCounter } from './call-counter.ts';
import { openCallLog } from './call-log.ts';

const AT = '2026-01-01T00:00:00.000Z';

test('every start, arrival and end is a line of the file, and is counted', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'call-log-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'calls.jsonl');
  const open = (): ReturnType<typeof openCallLog> => openCallLog(path, createCallCounter(), () => Date.parse(AT));
  const log = open();
  const one = log.begin('RES-1');
  const other = log.begin('RES-1');
  one.end();
  one.end();
  log.close();
  other.end();
  open().close();

  const lines = (await readFile(path, 'utf8')).split('\n').slice(0, -1);
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
    { event: 'started', at: AT },
    { event: 'arrived', at: AT, reservation_id: 'RES-1', call: 1 },
    { event: 'arrived', at: AT, reservation_id: 'RES-1', call: 2 },
    { event: 'ended', at: AT, reservation_id: 'RES-1', call: 1 },
    { event: 'started', at: AT },
  ]);
  expect(log.counts()).toEqual([{ reservation_id: 'RES-1', calls: 2, overlapMax: 2 }]);
});
