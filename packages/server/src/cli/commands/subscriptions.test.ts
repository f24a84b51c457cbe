import { createSubscription } from '@reservations/core';
import { openSqliteStore } from '@reservations/core/sqlite';
import { expect, test, vi } from 'vitest';
import { runHere } from '../cli-fixture.ts';
import { createDatabaseFixture, START } from '../database-fixture.ts';

const NOW = START + 60_000;

/** A database of nine events with three subscriptions: one was given up, one is held, one is stopped at the fifth event. */
async function createFixture(): Promise<{ readonly path: string; readonly db: readonly string[] }> {
  const { path } = await createDatabaseFixture();
  const store = await openSqliteStore({ path });
  const { subscriptions } = store;
  const lease = { startAfter: 0, now: NOW, leaseUntil: NOW + 30_000 };
  await subscriptions.acquire({ ...lease, name: 'accounts', owner: 'one' });
  await subscriptions.release({ name: 'accounts', owner: 'one', position: 9 });
  await subscriptions.acquire({ ...lease, name: 'mails', owner: 'two', startAfter: 6 });
  await subscriptions.acquire({ ...lease, name: 'seats', owner: 'three' });
  await subscriptions.stop({ name: 'seats', owner: 'three', position: 5, reason: 'TypeError: \u001b[2Jno seat' });
  await store.close();
  return { path, db: ['--db', path] };
}

test('subscriptions lists who reads, how far, and why one is stopped', async () => {
  const { db } = await createFixture();
  expect(await runHere(['subscriptions', ...db])).toEqual({
    code: 1,
    out: [
      'NAME      POSITION  BEHIND  HOLDER               STOPPED',
      'accounts  9         0       none                 -',
      'mails     6         3       a process, for 30 s  -',
      'seats     4         5       none                 at 5: TypeError: \\u{1b}[2Jno seat',
      '',
      '3 subscriptions, 1 is stopped; the log ends at 9.',
    ].join('\n'),
    err: '',
  });
  const { code, out } = await runHere(['subscriptions', '--json', ...db]);
  expect([code, JSON.parse(out)]).toEqual([
    1,
    {
      subscriptions: [
        {
          name: 'accounts',
          position: 9,
          behind: 0,
          owner: null,
          lease_until: null,
          stopped_at: null,
          stopped_because: null,
        },
        {
          name: 'mails',
          position: 6,
          behind: 3,
          owner: 'two',
          lease_until: '2026-01-02T03:05:35.000Z',
          stopped_at: null,
          stopped_because: null,
        },
        {
          name: 'seats',
          position: 4,
          behind: 5,
          owner: null,
          lease_until: null,
          stopped_at: 5,
          stopped_because: 'TypeError: \u001b[2Jno seat',
        },
      ],
      stopped: 1,
      end: 9,
    },
  ]);
});

test('without subscriptions the exit code is 0', async () => {
  const { path } = await createDatabaseFixture();
  expect(await runHere(['subscriptions', '--db', path])).toEqual({
    code: 0,
    out: 'There are no subscriptions.',
    err: '',
  });
});

test.each([
  [[], 'seats goes on with the event at 5.', [5, 6, 7, 8, 9]],
  [['--skip', '5'], 'seats goes on with the event at 6.', [6, 7, 8, 9]],
])('a stopped subscription goes on: resume %j', async (options, said, expected) => {
  const { path, db } = await createFixture();
  expect(await runHere(['subscriptions', 'resume', 'seats', ...options, ...db])).toEqual({
    code: 0,
    out: said,
    err: '',
  });
  expect((await runHere(['subscriptions', ...db])).code).toBe(0);
  vi.useRealTimers();
  const store = await openSqliteStore({ path });
  const handled: number[] = [];
  const reader = createSubscription({ store, name: 'seats', handle: ({ position }) => void handled.push(position) });
  reader.start();
  await vi.waitFor(() => expect(handled).toEqual(expected));
  await reader.stop();
  await store.close();
});

test('resuming answers a program in JSON', async () => {
  const { db } = await createFixture();
  const { code, out } = await runHere(['subscriptions', 'resume', '--skip', '5', 'seats', '--json', ...db]);
  expect([code, JSON.parse(out)]).toEqual([0, { name: 'seats', position: 5, skipped: 5 }]);
});

test.each([
  [['absent'], 'There is no subscription absent. Nothing was changed.'],
  [['mails'], 'mails is not stopped. Nothing was changed.'],
  [['seats', '--skip', '6'], 'seats is stopped at 5. Nothing was changed.'],
])('what cannot be resumed is refused: %j', async (args, message) => {
  const { db } = await createFixture();
  const before = await runHere(['subscriptions', ...db]);
  expect(await runHere(['subscriptions', 'resume', ...args, ...db])).toEqual({ code: 1, out: '', err: message });
  expect(await runHere(['subscriptions', ...db])).toEqual(before);
});

test.each([
  [[], /^expected the name of a subscription, .* found nothing$/m],
  [['two words'], /found two words$/m],
  [['seats', '--skip', '0'], /^--skip: expected a position, a whole number from 1, found "0"$/m],
  [['seats', '--skip'], /^--skip: expected a position/m],
])('wrong arguments change nothing and end with 2: %j', async (args, message) => {
  const { code, err } = await runHere(['subscriptions', 'resume', ...args]);
  expect([code, err]).toEqual([2, expect.stringMatching(message)]);
});
