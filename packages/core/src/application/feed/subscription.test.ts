import { describe, expect, test } from 'vitest';
import { createSubscription } from '../../feed.ts';
import { createCountingStore, fill, oneTo, told } from './feed-fixture.ts';
import { createFixture, createSlowHandler, type Handler, HOUR_MS, LEASE_MS, name } from './subscription-fixture.ts';

describe('a subscription', () => {
  test('hands over every event in order, and goes on where the process before it ended', async () => {
    const { store, clock, join, row } = createFixture();
    await fill(store, 5);
    const first = join();
    await clock.advance(0);
    expect(first.handled).toEqual(oneTo(5));
    await first.worker.stop();
    expect(await row()).toEqual({ name, position: 5, owner: null, leaseUntil: 0, stopped: null });
    await fill(store, 8);
    const second = join();
    await clock.advance(0);
    expect(second.handled).toEqual([6, 7, 8]);
    await second.worker.stop();
    expect(store.listeners()).toBe(0);
  });

  test('begins where it is told when it is new, and only then', async () => {
    const { store, clock, join } = createFixture();
    await fill(store, 5);
    const first = join({ startAfter: 3 });
    await clock.advance(0);
    await first.worker.stop();
    const second = join({ startAfter: 0 });
    await clock.advance(0);
    expect([first.handled, second.handled]).toEqual([[4, 5], []]);
  });

  test('hands over one event at a time', async () => {
    const { store, clock, join } = createFixture();
    await fill(store, 3);
    const slow = createSlowHandler();
    join({ handle: slow.handle });
    for (const n of oneTo(3)) {
      await clock.advance(HOUR_MS);
      expect(slow.begun).toEqual(oneTo(n));
      slow.finish();
    }
  });

  test('saves its checkpoint after so many events, or so long after one, and not for each', async () => {
    const { store, clock, join, row } = createFixture();
    join({ checkpointEvents: 4, checkpointMs: 2_000 });
    await fill(store, 3);
    await clock.advance(1_999);
    expect([store.calls.advance, (await row())?.position]).toEqual([0, 0]);
    await clock.advance(1);
    expect([store.calls.advance, (await row())?.position]).toEqual([1, 3]);
    await fill(store, 7);
    await clock.advance(0);
    expect([store.calls.advance, (await row())?.position]).toEqual([2, 7]);
  });

  test('writes nothing while nothing comes but what keeps its lease', async () => {
    const { store, clock, join } = createFixture();
    join();
    await clock.advance(HOUR_MS);
    expect(store.calls).toMatchObject({ acquire: 1, advance: HOUR_MS / (LEASE_MS / 3), release: 0 });
  });

  test.each([
    [{ name: 'two words' }, /^name: expected 1 to 100 characters .* found "two words"$/],
    [{ startAfter: -1 }, 'startAfter: expected a whole number from 0, found -1'],
    [{ leaseMs: 99 }, 'leaseMs: expected a whole number from 100, found 99'],
    [{ attemptsMax: 0 }, 'attemptsMax: expected a whole number from 1, found 0'],
    [{ retryMs: 9, retryMaxMs: 8 }, 'retryMaxMs: expected a whole number from 9, found 8'],
    [{ onPoison: 'ignore' as 'skip' }, 'onPoison: expected "stop" or "skip", found "ignore"'],
  ])('refuses an option that cannot be: %j', (options, message) => {
    expect(() => createFixture().join(options)).toThrow(message);
  });
});

describe('a handler that throws', () => {
  test('gets the event again after pauses that double, and then the next', async () => {
    const { store, clock, observations, join, row } = createFixture();
    await fill(store, 2);
    const tries: (readonly [number, number])[] = [];
    const start = clock.clock.now();
    join({
      handle({ position }) {
        tries.push([position, clock.clock.now() - start]);
        if (tries.length < 4) throw new Error('no mail server');
      },
    });
    await clock.advance(10_000);
    expect(tries).toEqual([
      [1, 0],
      [1, 200],
      [1, 600],
      [1, 1_400],
      [2, 1_400],
    ]);
    expect(observations).toEqual(
      [1, 2, 3].map((attempt) => {
        const error = expect.objectContaining({ message: 'no mail server' });
        return { kind: 'subscription-retry', subscription: name, position: 1, attempt, error };
      }),
    );
    expect(await row()).toMatchObject({ position: 2 });
  });

  test('stops with a reason of at most 1,000 characters, and never cuts one in two', async () => {
    const { store, clock, join, row } = createFixture();
    await fill(store, 1);
    join({
      handle() {
        throw `x${'🎫'.repeat(2_000)}`;
      },
    });
    await clock.advance(HOUR_MS);
    expect(await row()).toMatchObject({ stopped: { reason: `x${'🎫'.repeat(999)}` } });
  });

  test('stops the subscription durably after the last attempt, for every process', async () => {
    const { store, clock, observations, join, row } = createFixture();
    await fill(store, 3);
    let attempts = 0;
    const handle: Handler = async ({ position }) => {
      if (position !== 2) return;
      attempts += 1;
      throw new TypeError('cannot read it');
    };
    join({ handle });
    const other = join({ handle });
    await clock.advance(HOUR_MS);
    const stopped = { position: 2, reason: 'TypeError: cannot read it' };
    expect(await row()).toEqual({ name, position: 1, owner: null, leaseUntil: 0, stopped });
    expect(attempts).toBe(11);
    const alarm = { kind: 'subscription-stopped', subscription: name, position: 2, detail: stopped.reason };
    // Each process says so once.
    expect(observations.filter(({ kind }) => kind === 'subscription-stopped')).toEqual([alarm, alarm]);
    await other.worker.stop();
    const later = join();
    await clock.advance(HOUR_MS);
    expect(later.handled).toEqual([]);
    expect(observations.filter(({ kind }) => kind === 'subscription-stopped')).toHaveLength(3);
  });

  test('stops the subscription whatever it throws', async () => {
    const { store, clock, join, row } = createFixture();
    await fill(store, 1);
    const handle: Handler = () => {
      throw Object.create(null);
    };
    join({ handle, attemptsMax: 1 });
    await clock.advance(0);
    const reason = 'the handler threw a value of type object that has no text';
    expect(await row()).toMatchObject({ position: 0, stopped: { position: 1, reason } });
  });

  test.each([
    [null, [1, 2, 3]],
    [2, [1, 3]],
  ])('continues by itself once an operator has resumed it, skipping %j', async (skip, expected) => {
    const { store, clock, join } = createFixture();
    await fill(store, 3);
    const handled: number[] = [];
    let isMended = false;
    const handle: Handler = ({ position }) => {
      if (position === 2 && !isMended) throw new Error('a bug');
      handled.push(position);
    };
    join({ handle, attemptsMax: 1 });
    await clock.advance(HOUR_MS);
    expect(handled).toEqual([1]);
    isMended = true;
    await store.subscriptions.resume({ name, skip });
    await clock.advance(5_000);
    expect(handled).toEqual(expected);
  });

  test('is told from, and left behind, when the subscription may skip', async () => {
    const { store, clock, observations, join, row } = createFixture();
    await fill(store, 3);
    const handled: number[] = [];
    const handle: Handler = ({ position }) => {
      if (position !== 2) throw new Error('a bug');
      handled.push(position);
    };
    join({ handle, attemptsMax: 2, onPoison: 'skip' });
    await clock.advance(2_000);
    expect(handled).toEqual([2]);
    expect(told(observations)).toEqual([
      'subscription-retry 1',
      'subscription-skipped 1',
      'subscription-retry 3',
      'subscription-skipped 3',
    ]);
    expect(await row()).toMatchObject({ position: 3, stopped: null });
  });
});

describe('stopping', () => {
  test('waits for the event under way, saves it and begins no other', async () => {
    const { store, clock, join, row } = createFixture();
    await fill(store, 2);
    const slow = createSlowHandler();
    const { worker } = join({ handle: slow.handle });
    await clock.advance(0);
    let isStopped = false;
    const stopping = worker.stop().then(() => (isStopped = true));
    await clock.advance(15_000);
    expect([isStopped, slow.signals[0]?.aborted]).toEqual([false, false]);
    slow.finish();
    await stopping;
    expect(slow.begun).toEqual([1]);
    expect(await row()).toEqual({ name, position: 1, owner: null, leaseUntil: 0, stopped: null });
  });

  test('tells the handler when its patience is over, and counts what it gave up as not handled', async () => {
    const { store, clock, observations, join, row } = createFixture();
    await fill(store, 1);
    const handle: Handler = (_, { signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new Error('given up')));
      });
    const { worker } = join({ handle });
    await clock.advance(0);
    const stopping = worker.stop({ drainMs: 3_000 });
    await clock.advance(3_000);
    await stopping;
    expect(await row()).toMatchObject({ position: 0, owner: null });
    expect(observations).toEqual([]);
  });

  test('does not wait for the next attempt of an event that fails', async () => {
    const { store, clock, join, row } = createFixture();
    await fill(store, 1);
    let attempts = 0;
    const handle: Handler = () => {
      attempts += 1;
      throw new Error('no');
    };
    const { worker } = join({ handle, attemptsMax: 2, retryMs: HOUR_MS });
    await clock.advance(0);
    await worker.stop();
    expect(attempts).toBe(1);
    expect(await row()).toMatchObject({ position: 0, owner: null, stopped: null });
  });

  test('ends what only waits, and what never began', async () => {
    const { clock, join } = createFixture();
    const [one, other] = [join(), join()];
    await clock.advance(0);
    await Promise.all([one.worker.stop(), other.worker.stop()]);
    one.worker.start();
    await createSubscription({ store: createCountingStore(), name, handle: () => undefined }).stop();
  });
});
