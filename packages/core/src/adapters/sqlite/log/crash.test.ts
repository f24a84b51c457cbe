import { afterEach, describe, expect, test } from 'vitest';
import { exampleEvent, exampleId, exampleSummary } from '../../../testing/builders.ts';
import { openSqliteStore } from '../index.ts';
import { createTestDirectories, startTestChild } from '../test-support.ts';

const directories = createTestDirectories();
afterEach(() => directories.remove());

const ROUNDS = 3;
const ACKNOWLEDGED_MIN = 300;

describe('a process that is killed while it appends', () => {
  test('loses nothing that it acknowledged, and leaves no half append', async () => {
    for (let round = 1; round <= ROUNDS; round += 1) {
      const path = await directories.newPath();
      const child = startTestChild('appendForEver', path);
      const acknowledged: number[] = [];
      for await (const line of child.lines) {
        acknowledged.push(Number(line));
        // What it said before it died is read to the end.
        if (acknowledged.length === ACKNOWLEDGED_MIN * round) void child.kill();
      }
      await child.kill();
      const store = await openSqliteStore({ path });
      for (const n of acknowledged) {
        const events = await store.events.readStream(exampleId(n), { after: 0, limit: 10 });
        expect(events.map(({ id, version }) => [id, version])).toEqual([
          [exampleEvent(n).id, 1],
          [exampleEvent(n).id, 2],
        ]);
        expect(await store.view.find(exampleId(n))).toEqual(exampleSummary(exampleId(n)));
      }
      let after = 0;
      for (;;) {
        const page = await store.events.readAll({ after, limit: 1_000 });
        after += page.length;
        if (page.length === 0) break;
      }
      expect(after % 2).toBe(0);
      expect(after).toBeGreaterThanOrEqual(2 * acknowledged.length);
      await store.close();
    }
  });
});
