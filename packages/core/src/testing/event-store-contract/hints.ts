import assert from 'node:assert/strict';
import type { RecordedEvent } from '../../ports/event-store.ts';
import { exampleAppend, exampleEvent, exampleId } from '../builders.ts';
import { appended, type StoreContractCase, onStore, oneTo } from './case.ts';

/** What makes a reader of the log look at once. */
export const hintCases: readonly StoreContractCase[] = [
  onStore('a listener hears of each commit before the append resolves, and finds its events', async (store) => {
    const found: Promise<readonly RecordedEvent[]>[] = [];
    let heard = 0;
    const remove = store.events.onCommit(() => {
      heard += 1;
      // A store that calls late is told by the count; its read may find the store closed.
      found.push(store.events.readAll({ after: 0, limit: 10 }).catch(() => []));
    });
    for (const n of oneTo(3)) {
      heard = 0;
      const position = await appended(store, exampleAppend(exampleId(n), { events: [exampleEvent(n)] }));
      assert(heard >= 1, `append ${n} was announced`);
      assert.equal((await found.at(-1))?.length, position);
    }
    remove();
    await Promise.all(found);
  }),

  onStore('a listener that was taken out hears nothing more, and the others do', async (store) => {
    let calls = 0;
    let others = 0;
    const listener = (): void => void (calls += 1);
    const remove = [store.events.onCommit(listener), store.events.onCommit(listener)];
    const removeOther = store.events.onCommit(() => void (others += 1));
    remove[0]?.();
    remove[0]?.();
    await appended(store, exampleAppend(exampleId(1)));
    assert(calls >= 1, 'the same function was added twice and taken out once');
    remove[1]?.();
    [calls, others] = [0, 0];
    await appended(store, exampleAppend(exampleId(2)));
    assert.equal(calls, 0);
    assert(others >= 1, 'the other listener hears on');
    removeOther();
  }),

  onStore('a listener that throws takes nothing from the append, nor from other listeners', async (store) => {
    let heard = 0;
    const remove = [
      store.events.onCommit(() => {
        throw new Error('a bug of the listener');
      }),
      store.events.onCommit(() => void (heard += 1)),
    ];
    assert.equal(await appended(store, exampleAppend(exampleId(1))), 1);
    assert(heard >= 1, 'the second listener heard');
    for (const end of remove) end();
  }),
];
