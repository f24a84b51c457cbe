import assert from 'node:assert/strict';
import type { ReservationSummary } from '../../domain/reservation/summary.ts';
import { EVENTS_PER_APPEND_MAX, type RecordedEvent } from '../../ports/event-store.ts';
import { REBUILD_EVENTS_BEHIND_MAX } from '../../ports/view-rebuild.ts';
import { exampleAppend, exampleEvent, exampleId, exampleSummary } from '../builders.ts';
import { appended, onStore, oneTo, onTwoStores, type StoreContractCase, wholeLog } from './case.ts';
import { advance, begin, madeFromLog, rowOf, shownBy, switchAfter } from './rebuild-parts.ts';

const switching: readonly StoreContractCase[] = [
  onStore('what was appended behind the last batch is in the new view', async (store) => {
    for (const n of oneTo(3)) await advance(store, n);
    const rebuild = await begin(store);
    await rebuild.put(await madeFromLog(store));
    await advance(store, 1, 11);
    await advance(store, 4);
    await advance(store, 1, 12);
    assert.deepEqual(await rebuild.switchOver(switchAfter(3)), { kind: 'switched' });
    assert.deepEqual(await shownBy(store), await madeFromLog(store));
  }),

  onStore('a switch projects the streams behind its position, and leaves the others alone', async (store) => {
    for (const n of oneTo(3)) await advance(store, n);
    const put = oneTo(3).map((n) => exampleSummary(exampleId(n), { message: 'put' }));
    const rebuild = await begin(store);
    await rebuild.put(put);
    await advance(store, 2, 12);
    assert.deepEqual(await rebuild.switchOver(switchAfter(3)), { kind: 'switched' });
    const [, second] = await madeFromLog(store);
    assert.deepEqual(await shownBy(store), [put[0], second, put[2]]);
  }),

  onStore('appends under way at the moment of the switch are in the new view', async (store) => {
    for (const n of oneTo(20)) await advance(store, n);
    const rebuild = await begin(store);
    await rebuild.put(await madeFromLog(store));
    const appends = [
      ...oneTo(20).map((n) => advance(store, n, 100 + n)),
      ...oneTo(20).map((n) => advance(store, 20 + n)),
    ];
    const [switched] = await Promise.all([rebuild.switchOver(switchAfter(20)), ...appends]);
    assert.deepEqual(switched, { kind: 'switched' });
    assert.deepEqual(await shownBy(store), await madeFromLog(store));
  }),

  onStore('a switch that is too far behind says so, and changes nothing', async (store) => {
    const events = oneTo(REBUILD_EVENTS_BEHIND_MAX + 1).map((n) => exampleEvent(n));
    for (let version = 0; version < events.length; version += EVENTS_PER_APPEND_MAX) {
      const page = events.slice(version, version + EVENTS_PER_APPEND_MAX);
      await appended(store, exampleAppend(exampleId(1), { expected: version === 0 ? 'none' : version, events: page }));
    }
    const rebuild = await begin(store);
    assert.deepEqual(await rebuild.switchOver(switchAfter(0)), { kind: 'behind' });
    assert.deepEqual(await shownBy(store), []);
    assert.deepEqual(await rebuild.switchOver(switchAfter(1)), { kind: 'switched' });
    assert.deepEqual(await shownBy(store), await madeFromLog(store));
  }),

  onStore('a projection that throws keeps the switch from happening, and may succeed later', async (store) => {
    await advance(store, 1);
    const before = await shownBy(store);
    const rebuild = await begin(store);
    const fault = new Error('the stream makes no row');
    const project = (stream: readonly RecordedEvent[]): ReservationSummary => {
      if (stream[0]?.stream === exampleId(2)) throw fault;
      return { ...rowOf(stream), message: 'new' };
    };
    await advance(store, 2);
    await assert.rejects(rebuild.switchOver({ ...switchAfter(0), project }), (error) => error === fault);
    assert.deepEqual(await shownBy(store), [...before, ...(await madeFromLog(store)).slice(1)]);
    assert.deepEqual(await rebuild.switchOver(switchAfter(0)), { kind: 'switched' });
    assert.deepEqual(await shownBy(store), await madeFromLog(store));
  }),

  onStore('appends, conflicts and a second rebuild go on as before after a switch', async (store) => {
    for (const token of ['rebuild-1', 'rebuild-2', 'rebuild-3']) {
      const rebuild = await begin(store, token);
      assert.deepEqual(await rebuild.switchOver(switchAfter(0)), { kind: 'switched' });
      await advance(store, 1, token === 'rebuild-1' ? 1 : Number(token.slice(-1)) + 10);
      await advance(store, 10 + Number(token.slice(-1)));
      assert.equal((await store.events.append(exampleAppend(exampleId(1), { commandId: 'late' }))).kind, 'conflict');
      assert.deepEqual(await shownBy(store), await madeFromLog(store));
    }
  }),
];

const beside: readonly StoreContractCase[] = [
  onTwoStores('a store that was open before a switch reads and writes the new view', async (one, other) => {
    for (const n of oneTo(3)) await advance(one, n);
    assert.deepEqual(await shownBy(one), await madeFromLog(one));
    for (const token of ['rebuild-1', 'rebuild-2']) {
      const rebuild = await begin(other, token);
      await rebuild.put([exampleSummary(exampleId(2), { version: 9, message: token })]);
      assert.deepEqual(await rebuild.switchOver(switchAfter(0)), { kind: 'switched' });
      assert.equal((await one.view.find(exampleId(2)))?.message, token);
      await advance(one, 3, token === 'rebuild-1' ? 31 : 32);
      assert.deepEqual(await other.view.find(exampleId(3)), await one.view.find(exampleId(3)));
      assert.equal((await one.view.find(exampleId(3)))?.message, (await madeFromLog(one))[2]?.message);
    }
  }),

  onTwoStores(
    'no append of another server is lost by a switch, and no row is missing meanwhile',
    async (one, other) => {
      for (const n of oneTo(5)) await advance(one, n);
      for (const round of oneTo(5)) {
        const rebuild = await begin(other, `rebuild-${round}`);
        await rebuild.put(await madeFromLog(other));
        const after = (await wholeLog(other)).length;
        const work = oneTo(20).map(async (index) => {
          const n = round * 100 + index;
          await advance(one, n);
          assert.notEqual(await one.view.find(exampleId(n)), null, 'what was acknowledged is shown');
          assert.equal((await one.view.find(exampleId(n % 5 || 5))) === null, false);
        });
        const [switched] = await Promise.all([rebuild.switchOver(switchAfter(after)), ...work]);
        assert.deepEqual(switched, { kind: 'switched' });
        assert.deepEqual(await shownBy(one), await madeFromLog(one));
      }
    },
  ),
];

/** How the new version of the view takes the place of the old one, while appends go on. */
export const switchOverCases: readonly StoreContractCase[] = [...switching, ...beside];
