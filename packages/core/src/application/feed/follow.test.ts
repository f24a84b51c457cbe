import { describe, expect, test } from 'vitest';
import { ReservationError } from '../../errors.ts';
import { type FollowOptions, followEvents } from '../../feed.ts';
import type { Observation } from '../../ports/observer.ts';
import { exampleAppend, exampleEvent, exampleId } from '../../testing/builders.ts';
import { createManualRuntime } from '../../testing/manual-runtime.ts';
import { collect, createCountingStore, fill, oneTo, restoredTo, told } from './feed-fixture.ts';

const HOUR_MS = 3_600_000;

/** A feed over a store that counts, on a clock that stands still. */
function createFixture(options: FollowOptions = {}) {
  const store = createCountingStore();
  const runtime = createManualRuntime();
  const observations: Observation[] = [];
  const end = new AbortController();
  const observer = (seen: Observation): void => void observations.push(seen);
  const feed = followEvents(store, { runtime, observer, signal: end.signal, ...options });
  return { store, runtime, observations, end, feed };
}

/** Never found by polling within a test. */
const NO_POLLING = { pollMinMs: 1_000 * HOUR_MS, pollMaxMs: 1_000 * HOUR_MS };

describe('a follower', () => {
  test('gets what is there and then what comes, each event once and in order', async () => {
    const { store, runtime, end, feed } = createFixture({ ...NO_POLLING, pageSize: 3 });
    await fill(store, 8);
    const { positions, ended } = collect(feed);
    await runtime.advance(0);
    expect(positions).toEqual(oneTo(8));
    await fill(store, 10);
    await runtime.advance(0);
    await Promise.all([fill(store, 12), runtime.advance(0)]);
    await runtime.advance(0);
    expect(positions).toEqual(oneTo(12));
    end.abort();
    expect(await ended).toBe(null);
  });

  test('begins behind the position that it is given', async () => {
    const { store, runtime, feed } = createFixture({ after: 5 });
    await fill(store, 8);
    const { positions } = collect(feed);
    await runtime.advance(0);
    expect(positions).toEqual([6, 7, 8]);
  });

  test('does not sleep over an event that is committed while it reads', async () => {
    const { store, runtime, feed } = createFixture(NO_POLLING);
    const { readAll } = store.events;
    store.events.readAll = async (range) => {
      const page = await readAll(range);
      store.events.readAll = readAll;
      await fill(store, 1);
      return page;
    };
    const { positions } = collect(feed);
    await runtime.advance(0);
    expect(positions).toEqual([1]);
  });

  test('finds by polling what it did not hear of', async () => {
    const { store, runtime, feed } = createFixture();
    store.events.onCommit = () => () => undefined;
    const { positions } = collect(feed);
    await runtime.advance(5_000);
    await fill(store, 1);
    await runtime.advance(260);
    expect(positions).toEqual([1]);
    await fill(store, 2);
    // Where something came, more is likely.
    await runtime.advance(10);
    expect(positions).toEqual([1, 2]);
  });

  test('polls less and less while nothing comes, then once in a second', async () => {
    const { store, runtime, feed } = createFixture();
    void collect(feed);
    await runtime.advance(1_999);
    // At 0, 20, 60, 140, 300, 620, 1260 ms.
    expect(store.calls.readAll).toBe(7);
    await runtime.advance(2 * HOUR_MS);
    expect(store.calls.readAll).toBe(7 + 7_200);
    expect(store.listeners()).toBe(1);
  });

  test('reads the next page only when the one before was consumed', async () => {
    const { store, runtime, feed } = createFixture({ pageSize: 2 });
    await fill(store, 6);
    store.calls.readAll = 0;
    expect((await feed.next()).value?.position).toBe(1);
    expect((await feed.next()).value?.position).toBe(2);
    await runtime.advance(HOUR_MS);
    expect(store.calls.readAll).toBe(1);
    const third = feed.next();
    await runtime.advance(0);
    expect((await third).value?.position).toBe(3);
    expect(store.calls.readAll).toBe(2);
  });

  test('yields to the event loop between two pages', async () => {
    const { store, feed } = createFixture({ pageSize: 1 });
    await fill(store, 3);
    const { positions } = collect(feed);
    await new Promise((resolve) => setImmediate(resolve));
    // The clock did not move, so that a pause of no length at all has not ended.
    expect(positions).toEqual([1]);
  });
});

describe('a follower that is ended', () => {
  const ways: Readonly<Record<string, (fixture: ReturnType<typeof createFixture>) => Promise<void>>> = {
    'by its signal while it waits': async ({ feed, end, runtime }) => {
      const { ended } = collect(feed);
      await runtime.advance(0);
      end.abort();
      expect(await ended).toBe(null);
    },
    'by return while it waits': async ({ feed, runtime }) => {
      for (const n of oneTo(3)) expect((await feed.next()).value?.position).toBe(n);
      const waiting = feed.next();
      await runtime.advance(0);
      await feed.return?.();
      expect(await waiting).toEqual({ done: true, value: undefined });
    },
    'by a break': async ({ feed }) => {
      for await (const { position } of feed) if (position === 2) break;
    },
    'by its signal between two events': async ({ feed, end }) => {
      const seen: number[] = [];
      for await (const { position } of feed) {
        seen.push(position);
        end.abort();
      }
      expect(seen).toEqual([1]);
    },
    'before it began': async ({ feed, end, store }) => {
      end.abort();
      const { readAll } = store.calls;
      expect(await feed.next()).toEqual({ done: true, value: undefined });
      expect(store.calls.readAll).toBe(readAll);
    },
    'by a fault of the store': async ({ feed, store }) => {
      store.before.readAll = () => {
        throw new ReservationError('STORE_CORRUPT', 'damaged');
      };
      await expect(feed.next()).rejects.toMatchObject({ code: 'STORE_CORRUPT' });
    },
  };

  test.each(Object.keys(ways))('releases all listeners and timers: %s', async (way) => {
    const fixture = createFixture(NO_POLLING);
    const { store, end, feed } = fixture;
    await fill(store, 3);
    let attached = 0;
    const { addEventListener, removeEventListener } = end.signal;
    end.signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
      attached += 1;
      addEventListener.apply(end.signal, args);
    };
    end.signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
      attached -= 1;
      removeEventListener.apply(end.signal, args);
    };
    await ways[way]?.(fixture);
    expect([store.listeners(), attached]).toEqual([0, 0]);
    expect(await feed.next()).toEqual({ done: true, value: undefined });
  });
});

describe('a follower of a store that fails', () => {
  test('waits while it is unavailable, longer each time, says so, and misses nothing', async () => {
    const { store, runtime, observations, feed } = createFixture(NO_POLLING);
    await fill(store, 2);
    const { positions } = collect(feed);
    await runtime.advance(0);
    const since = runtime.clock.now();
    const tries: number[] = [];
    store.before.readAll = () => {
      tries.push(runtime.clock.now() - since);
      throw new ReservationError('STORE_UNAVAILABLE', 'restarting');
    };
    await store.events.append(exampleAppend(exampleId(3), { events: [exampleEvent(3)] }));
    await runtime.advance(10_000);
    // Commits that it hears of meanwhile make no difference: the store was asked a moment ago.
    expect(tries).toEqual([0, 100, 300, 700, 1_500, 3_100, 6_300]);
    expect(told(observations)).toEqual(tries.map(() => 'feed-fault'));
    store.before.readAll = null;
    await fill(store, 4);
    await runtime.advance(5_000);
    expect(positions).toEqual([1, 2, 3, 4]);
  });

  test('throws when a position is missing', async () => {
    const { store, feed } = createFixture();
    await fill(store, 3);
    const { readAll } = store.events;
    store.events.readAll = async (range) => (await readAll(range)).filter(({ position }) => position !== 2);
    const { positions, ended } = collect(feed);
    expect(await ended).toMatchObject({
      code: 'STORE_CORRUPT',
      message: 'position 2 is missing: 3 stands in its place',
    });
    expect(positions).toEqual([1]);
  });

  /** What is there at a position is read as of then, as after a restore. */
  const losses: Readonly<Record<string, readonly [number, string]>> = {
    'and nothing took its place': [4, 'the log ends before position 5: its end was lost'],
    'and something took its place': [5, 'position 5 is another event than before: its end was lost'],
    'and more than that took its place': [9, 'position 5 is another event than before: its end was lost'],
  };
  test.each(Object.keys(losses))('throws when the log lost its end %s', async (loss) => {
    const [end, message] = losses[loss] as (typeof losses)[string];
    const { store, runtime, feed } = createFixture({ pageSize: 2 });
    await fill(store, 5);
    const { positions, ended } = collect(feed);
    await runtime.advance(0);
    store.events.readAll = (await restoredTo(4, end)).events.readAll;
    await runtime.advance(1_000);
    expect(await ended).toMatchObject({ code: 'STORE_CORRUPT', message: expect.stringContaining(message) });
    expect(positions).toEqual(oneTo(5));
  });

  test.each([0, 4])('throws when it is to begin behind an event that is not there, in a log of %j', async (end) => {
    const { store, feed } = createFixture({ after: 5 });
    await fill(store, end);
    await expect(feed.next()).rejects.toMatchObject({
      code: 'STORE_CORRUPT',
      message: expect.stringContaining('the log ends before position 5'),
    });
  });

  test.each([1, 2, 999, 1_000])('reads %j events at a time, besides the one that it knows', async (pageSize) => {
    const { store, feed } = createFixture({ pageSize, after: 1 });
    await fill(store, 4);
    const limits: number[] = [];
    const { readAll } = store.events;
    store.events.readAll = async (range) => {
      limits.push(range.limit);
      return await readAll(range);
    };
    expect((await feed.next()).value?.position).toBe(2);
    expect(limits).toEqual([Math.min(pageSize + 1, 1_000)]);
  });

  test('throws when the store was closed', async () => {
    const { store, runtime, feed } = createFixture();
    const { ended } = collect(feed);
    await runtime.advance(0);
    await store.close();
    await runtime.advance(1_000);
    expect(await ended).toMatchObject({ code: 'STORE_CLOSED' });
    expect(store.listeners()).toBe(0);
    await expect(followEvents(store).next()).rejects.toMatchObject({ code: 'STORE_CLOSED' });
  });
});

describe('a follower until the end', () => {
  test.each([1, 4, 8, 500])('ends with the event that was last when it began, %i events a page', async (pageSize) => {
    const { store, runtime, feed } = createFixture({ until: 'end', after: 2, pageSize });
    await fill(store, 8);
    const first = await feed.next();
    await fill(store, 20);
    const { positions, ended } = collect(feed);
    await runtime.advance(HOUR_MS);
    expect(await ended).toBe(null);
    expect([first.value?.position, ...positions]).toEqual([3, 4, 5, 6, 7, 8]);
    expect(store.listeners()).toBe(0);
  });

  test.each([0, 5])('ends at once when there is nothing behind position %i', async (after) => {
    const { store, feed } = createFixture({ until: 'end', after });
    await fill(store, after);
    // The clock stands still: a follower that waits would not end.
    expect(await feed.next()).toEqual({ done: true, value: undefined });
    expect(store.listeners()).toBe(0);
  });

  test('throws when the log does not reach to where it is to begin', async () => {
    const { store, feed } = createFixture({ until: 'end', after: 5 });
    await fill(store, 4);
    await expect(feed.next()).rejects.toMatchObject({
      code: 'STORE_CORRUPT',
      message: expect.stringContaining('the log ends before position 5: its end was lost'),
    });
  });

  test('throws when the log lost the end at which it was to end', async () => {
    const { store, runtime, feed } = createFixture({ until: 'end', pageSize: 2 });
    await fill(store, 5);
    expect([await feed.next(), await feed.next()].map(({ value }) => value?.position)).toEqual([1, 2]);
    store.events.readAll = (await restoredTo(2, 2)).events.readAll;
    const { ended } = collect(feed);
    await runtime.advance(HOUR_MS);
    expect(await ended).toMatchObject({
      code: 'STORE_CORRUPT',
      message: expect.stringContaining('the log ends before position 3, and reached to 5: its end was lost'),
    });
  });

  test('waits for a store that cannot be read when it looks for the end', async () => {
    const { store, runtime, observations, feed } = createFixture({ until: 'end' });
    await fill(store, 3);
    let faults = 2;
    store.before.readAll = () => {
      faults -= 1;
      if (faults >= 0) throw new ReservationError('STORE_UNAVAILABLE', 'away');
    };
    const { positions, ended } = collect(feed);
    await runtime.advance(1_000);
    expect(await ended).toBe(null);
    expect([positions, told(observations)]).toEqual([oneTo(3), ['feed-fault', 'feed-fault']]);
  });

  test('ends by its signal while it looks for the end', async () => {
    const { store, runtime, end, feed } = createFixture({ until: 'end' });
    store.before.readAll = () => {
      throw new ReservationError('STORE_UNAVAILABLE', 'away');
    };
    const { ended } = collect(feed);
    await runtime.advance(1_000);
    end.abort();
    expect(await ended).toBe(null);
  });
});

test.each([
  [{ after: -1 }, 'after: expected a whole number from 0, found -1'],
  [{ pollMinMs: 0 }, 'pollMinMs: expected a whole number from 1, found 0'],
  [{ pollMinMs: 50, pollMaxMs: 40 }, 'pollMaxMs: expected a whole number from 50, found 40'],
  [{ until: 'now' as 'end' }, 'until: expected "end", found "now"'],
  [{ pageSize: 1_001 }, 'pageSize: expected a whole number from 1 to 1000, found 1001'],
])('an option that cannot be is refused at once: %j', (options, message) => {
  expect(() => followEvents(createCountingStore(), options)).toThrow(
    expect.objectContaining({ code: 'INVALID_OPTION', message }),
  );
});
