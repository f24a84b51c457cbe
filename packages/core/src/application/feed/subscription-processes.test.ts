import { describe, expect, test } from 'vitest';
import { ReservationError } from '../../errors.ts';
import { exampleAppend, exampleEvent, exampleId } from '../../testing/builders.ts';
import { createManualRuntime } from '../../testing/manual-runtime.ts';
import { createCountingStore, fill, oneTo, restoredTo, told } from './feed-fixture.ts';
import { createFixture, createSlowHandler, HOUR_MS, LEASE_MS, name } from './subscription-fixture.ts';

describe('of several processes', () => {
  test('one reads, and the next takes over when it stops', async () => {
    const { store, clock, join } = createFixture();
    const [one, other] = [join(), join()];
    await fill(store, 3);
    await clock.advance(60_000);
    expect([one.handled, other.handled]).toEqual([[1, 2, 3], []]);
    await one.worker.stop();
    await fill(store, 5);
    await clock.advance(5_000);
    expect([one.handled, other.handled]).toEqual([
      [1, 2, 3],
      [4, 5],
    ]);
  });

  test('those that wait ask every five seconds and write nothing', async () => {
    const { store, clock, join } = createFixture();
    join();
    await clock.advance(0);
    const waiting = createCountingStore(store);
    join({ store: waiting });
    await clock.advance(HOUR_MS);
    expect(waiting.calls).toEqual({ readAll: 0, acquire: HOUR_MS / 5_000 + 1, advance: 0, release: 0 });
  });

  test('another takes over from one that died, once its lease has ended, and nothing is left out', async () => {
    const { store, clock, join } = createFixture();
    await fill(store, 3);
    const dead = createManualRuntime();
    const one = join({ checkpointMs: HOUR_MS }, dead);
    await dead.advance(0);
    expect(one.handled).toEqual([1, 2, 3]);
    const other = join();
    await clock.advance(LEASE_MS - 1);
    expect(other.handled).toEqual([]);
    await clock.advance(1);
    // Again, since it is unknown how far the first one came.
    expect(other.handled).toEqual([1, 2, 3]);
  });

  test('one that works slowly keeps its lease', async () => {
    const { store, clock, join } = createFixture();
    await fill(store, 1);
    const slow = createSlowHandler();
    join({ handle: slow.handle });
    await clock.advance(0);
    const other = join();
    await clock.advance(HOUR_MS);
    expect([slow.begun, other.handled]).toEqual([[1], []]);
    expect(slow.signals[0]?.aborted).toBe(false);
  });

  test('one that was paused is told that it lost, moves no checkpoint and begins no further event', async () => {
    const { store, clock, observations, join, row } = createFixture();
    await fill(store, 3);
    const paused = createManualRuntime();
    const slow = createSlowHandler();
    let sleptMs = 0;
    const { now, sleep } = paused.clock;
    join({ handle: slow.handle }, { ...paused, clock: { now: () => now() + sleptMs, sleep } });
    await paused.advance(0);
    const other = createSlowHandler();
    join({ handle: other.handle });
    await clock.advance(LEASE_MS);
    expect([slow.begun, other.begun]).toEqual([[1], [1]]);
    const before = await row();
    // It wakes up before any of its timers has fired.
    sleptMs = LEASE_MS;
    slow.finish();
    await paused.advance(0);
    expect(slow.signals[0]?.aborted).toBe(true);
    expect(told(observations)).toContain('subscription-lost');
    expect(slow.begun).toEqual([1]);
    expect(await row()).toEqual(before);
    other.finish();
    await clock.advance(1_000);
    expect(await row()).toMatchObject({ position: 1, owner: before?.owner });
  });

  test('one that slept through its lease before another attempt does not begin it', async () => {
    const { store, clock, join } = createFixture();
    await fill(store, 2);
    const paused = createManualRuntime();
    let sleptMs = 0;
    let attempts = 0;
    const { now, sleep } = paused.clock;
    const handle = (): never => {
      attempts += 1;
      throw new Error('no mail server');
    };
    // Nothing tells it that the lease is lost before the next attempt is due.
    join({ handle, retryMs: 500 }, { ...paused, clock: { now: () => now() + sleptMs, sleep } });
    await paused.advance(0);
    const other = join();
    await clock.advance(LEASE_MS);
    expect([attempts, other.handled]).toEqual([1, [1, 2]]);
    sleptMs = LEASE_MS;
    await paused.advance(500);
    expect(attempts).toBe(1);
  });

  test('one that was paused continues when no other took over', async () => {
    const { store, clock, observations, join } = createFixture();
    await fill(store, 2);
    const slow = createSlowHandler();
    // When it wakes up, the time is another one and no timer has fired yet.
    let sleptMs = 0;
    const { now, sleep } = clock.clock;
    join({ handle: slow.handle }, { ...clock, clock: { now: () => now() + sleptMs, sleep } });
    await clock.advance(0);
    sleptMs = 2 * LEASE_MS;
    slow.finish();
    await clock.advance(0);
    expect(slow.begun).toEqual([1, 2]);
    expect(store.calls.advance).toBe(1);
    expect(observations).toEqual([]);
  });
});

describe('a store that fails', () => {
  function unavailable(): never {
    throw new ReservationError('STORE_UNAVAILABLE', 'restarting');
  }

  test('is asked for the lease again until it answers', async () => {
    const { store, clock, observations, join } = createFixture();
    await fill(store, 1);
    store.before.acquire = unavailable;
    const { handled } = join();
    await clock.advance(60_000);
    expect(store.calls.acquire).toBe(13);
    store.before.acquire = null;
    await clock.advance(5_000);
    expect(handled).toEqual([1]);
    expect(new Set(told(observations))).toEqual(new Set(['feed-fault']));
  });

  test('and loses the acknowledgement of the lease locks no process out', async () => {
    const { store, clock, join } = createFixture();
    await fill(store, 1);
    const { acquire } = store.subscriptions;
    store.subscriptions.acquire = async (request) => {
      await acquire(request);
      store.subscriptions.acquire = acquire;
      return unavailable();
    };
    const { handled } = join();
    await clock.advance(5_000);
    expect(handled).toEqual([1]);
  });

  test('and cannot keep the lease ends it for the handler when another may have it', async () => {
    const { store, clock, observations, join } = createFixture();
    await fill(store, 2);
    const slow = createSlowHandler();
    join({ handle: slow.handle });
    await clock.advance(0);
    store.before.advance = unavailable;
    await clock.advance(LEASE_MS - 1);
    expect(slow.signals[0]?.aborted).toBe(false);
    await clock.advance(2_001);
    expect(slow.signals[0]?.aborted).toBe(true);
    store.before.advance = null;
    slow.finish();
    await clock.advance(5_000);
    expect(slow.begun).toEqual([1, 1]);
    expect(told(observations)).toContain('subscription-lost');
  });

  test('and comes back within the lease costs nothing', async () => {
    const { store, clock, join, row } = createFixture();
    await fill(store, 3);
    store.before.advance = unavailable;
    const { handled } = join();
    await clock.advance(1_500);
    store.before.advance = null;
    // Two seconds after the first attempt, and long before the lease has to be renewed.
    await clock.advance(1_500);
    expect(handled).toEqual([1, 2, 3]);
    expect(await row()).toMatchObject({ position: 3 });
  });

  test('and is damaged is tried again, and said to be', async () => {
    const { store, clock, observations, join } = createFixture();
    await fill(store, 1);
    store.before.readAll = () => {
      throw new ReservationError('STORE_CORRUPT', 'damaged');
    };
    const { handled } = join();
    await clock.advance(12_000);
    expect(told(observations)).toEqual(['feed-fault', 'feed-fault', 'feed-fault']);
    store.before.readAll = null;
    await clock.advance(5_000);
    expect(handled).toEqual([1]);
  });

  test.each([
    [4, 4],
    [4, 9],
  ])('and lost its end behind %j delivers nothing until an operator acts, at %j events', async (kept, end) => {
    const { store, clock, observations, join, row } = createFixture();
    await fill(store, 5);
    const { handled } = join();
    await clock.advance(1_000);
    expect(await row()).toMatchObject({ position: 5 });
    const restored = await restoredTo(kept, end);
    store.events.readAll = restored.events.readAll;
    await clock.advance(11_000);
    expect(handled).toEqual(oneTo(5));
    const fault = {
      kind: 'feed-fault',
      subscription: name,
      error: expect.objectContaining({ code: 'STORE_CORRUPT', message: expect.stringContaining('its end was lost') }),
    };
    expect(observations).toEqual([fault, fault, fault]);
    // What is appended meanwhile changes nothing.
    await restored.events.append(exampleAppend(exampleId(200), { events: [exampleEvent(200)] }));
    await clock.advance(10_000);
    expect(handled).toEqual(oneTo(5));
  });

  test('and was closed ends the subscription', async () => {
    const { store, clock, observations, join } = createFixture();
    const { worker } = join();
    await store.close();
    await clock.advance(60_000);
    const error = expect.objectContaining({ code: 'STORE_CLOSED' });
    expect(observations).toContainEqual({ kind: 'feed-fault', subscription: name, error });
    expect(store.calls.acquire).toBe(1);
    await worker.stop();
  });
});
