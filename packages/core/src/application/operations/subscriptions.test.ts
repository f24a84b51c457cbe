import { expect, test } from 'vitest';
import type { ReservationStore } from '../../ports/reservation-store.ts';
import { createEngineFixture } from '../engine-fixture.ts';
import { listSubscriptions, resumeSubscription } from './subscriptions.ts';

/** A log of 4 events: "mails" has handled 3 and is held, "audit" stopped at the second. */
async function withSubscriptions(): Promise<ReservationStore> {
  const { store, create } = createEngineFixture();
  await create();
  await create();
  const lease = { startAfter: 0, now: 1, leaseUntil: 100 };
  await store.subscriptions.acquire({ name: 'mails', owner: 'a', ...lease });
  await store.subscriptions.advance({ name: 'mails', owner: 'a', position: 3, leaseUntil: 100 });
  await store.subscriptions.acquire({ name: 'audit', owner: 'b', ...lease });
  await store.subscriptions.stop({ name: 'audit', owner: 'b', position: 2, reason: 'no seat' });
  return store;
}

test('every subscription is listed with the number of events that it is behind', async () => {
  expect(await listSubscriptions(await withSubscriptions())).toEqual({
    subscriptions: [
      {
        name: 'audit',
        position: 1,
        behind: 3,
        owner: null,
        leaseUntil: 0,
        stopped: { position: 2, reason: 'no seat' },
      },
      { name: 'mails', position: 3, behind: 1, owner: 'a', leaseUntil: 100, stopped: null },
    ],
    stopped: 1,
    end: 4,
  });
});

test('a stopped subscription is resumed at its event, or behind it', async () => {
  const store = await withSubscriptions();
  expect(await resumeSubscription(store, 'audit', { skip: 3 })).toEqual({ kind: 'stopped-elsewhere', position: 2 });
  expect(await resumeSubscription(store, 'audit', { skip: 2 })).toEqual({ kind: 'resumed', position: 2 });
  expect(await resumeSubscription(store, 'audit')).toEqual({ kind: 'not-stopped' });
  expect(await resumeSubscription(store, 'none')).toEqual({ kind: 'unknown' });
  expect(await resumeSubscription(await withSubscriptions(), 'audit')).toEqual({ kind: 'resumed', position: 1 });
});

test.each([
  ['two words', {}, /^name: expected 1 to 100 characters .*, found "two words"$/],
  ['audit', { skip: 0 }, /^skip: expected a whole number from 1, found 0$/],
])('the name %j with %j is refused', async (name, options, message) => {
  const { store } = createEngineFixture();
  await expect(resumeSubscription(store, name, options)).rejects.toMatchObject({
    code: 'INVALID_OPTION',
    message: expect.stringMatching(message),
  });
});
