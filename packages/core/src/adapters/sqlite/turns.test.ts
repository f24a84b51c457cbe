import { expect, onTestFinished, test } from 'vitest';
import { openSqliteStore } from './index.ts';

test('between two reads of many rows other work of the event loop has its turn', async () => {
  const store = await openSqliteStore({ path: ':memory:' });
  onTestFinished(() => store.close());
  const reads = {
    list: () => store.view.list({ by: null, order: 'asc', after: null, limit: 1 }),
    readAll: () => store.events.readAll({ after: 0, limit: 1 }),
  };
  for (const [name, read] of Object.entries(reads)) {
    let turns = 0;
    let isOver = false;
    const count = (): void => {
      turns += 1;
      if (!isOver) setImmediate(count);
    };
    setImmediate(count);
    for (let reading = 0; reading < 5; reading += 1) await read();
    isOver = true;
    expect(turns, name).toBeGreaterThanOrEqual(4);
  }
});
