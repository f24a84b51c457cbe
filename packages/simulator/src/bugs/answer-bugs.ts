import type { ReservationStore } from '@reservations/core';
import type { KeyChange } from '@reservations/core/ports';
import { type PlantedBug, withAppend } from './planted-bug.ts';

type Append = ReservationStore['events']['append'];
type AppendRequest = Parameters<Append>[0];
type TakenWork = Awaited<ReturnType<ReservationStore['work']['take']>>[number];

/** Errors in what a client may do after the answer FAILED. */
export const ANSWER_BUGS: readonly PlantedBug[] = [
  {
    name: 'key-never-released',
    mistake: 'the key of a request that was never sent is not released: every repetition returns the same failure',
    plant: () => ({ store: (store) => withAppend(store, withoutReleases) }),
  },
  {
    name: 'key-released-late',
    mistake: 'the key is released in a transaction of its own, after the failure',
    plant: () => plantReleaseApart('after'),
  },
  {
    name: 'key-released-early',
    mistake: 'the key is released before the failure is committed',
    plant: () => plantReleaseApart('before'),
  },
  {
    name: 'key-released-on-declined',
    mistake: 'the key is released whenever a reservation fails, also when it was declined',
    plant: plantReleaseOnDeclined,
  },
  {
    name: 'resends-after-failed',
    mistake: 'settlement sends a payment again that was answered as FAILED',
    plant: plantResending,
  },
];

function withKey(request: AppendRequest, key: KeyChange): AppendRequest {
  return { ...request, inlineWrites: { ...request.inlineWrites, key } };
}

function withoutReleases(append: Append): Append {
  return (request) =>
    append(request.inlineWrites.key.kind === 'release' ? withKey(request, { kind: 'keep' }) : request);
}

/**
 * Keys are in a table of their own, whose rows are released before or after the append. In the wrapped store a key that
 * was released has another name.
 */
function plantReleaseApart(when: 'before' | 'after'): ReturnType<PlantedBug['plant']> {
  const released = new Map<string, number>();
  const apart =
    (append: Append): Append =>
    async (request) => {
      const { key } = request.inlineWrites;
      if (key.kind === 'keep') return await append(request);
      const name = JSON.stringify([key.scope, key.key]);
      const times = released.get(name) ?? 0;
      if (key.kind === 'claim') return await append(withKey(request, { ...key, key: `${key.key}.${times}` }));
      if (when === 'before') released.set(name, times + 1);
      const result = await append(withKey(request, { kind: 'keep' }));
      if (when === 'after' && result.kind === 'appended') released.set(name, times + 1);
      return result;
    };
  return { store: (store) => withAppend(store, apart) };
}

/** Releases the key that a stream claimed with every failure. */
function plantReleaseOnDeclined(): ReturnType<PlantedBug['plant']> {
  const claimed = new Map<string, KeyChange>();
  return {
    store: (store) =>
      withAppend(store, (append) => (request) => {
        const { key } = request.inlineWrites;
        if (key.kind === 'claim') claimed.set(request.stream, { kind: 'release', scope: key.scope, key: key.key });
        const hasFailed = request.events.some(({ type }) => type === 'RESERVATION_FAILED');
        return append(hasFailed ? withKey(request, claimed.get(request.stream) ?? key) : request);
      }),
  };
}

/** Delay from the answer FAILED to the next send. */
const RESEND_AFTER_MS = 3_000;

/** Payments that were answered as FAILED are in a queue of their own, and their streams are read without the answer. */
function plantResending(): ReturnType<PlantedBug['plant']> {
  const answered = new Map<string, TakenWork>();
  return {
    store(store, { runtime }) {
      const { events, work } = store;
      const readStream: typeof events.readStream = async (stream, range) => {
        const page = await events.readStream(stream, range);
        return answered.has(stream) ? page.filter(({ type }) => type === 'RESERVATION_CREATED') : page;
      };
      const take: typeof work.take = async (request) => {
        const taken = await work.take(request);
        const { owner, leaseUntil } = request;
        const due = [...answered.values()].filter(({ dueAt }) => dueAt <= request.now);
        return [...taken, ...due.map((item) => ({ ...item, owner, dueAt: leaseUntil }))];
      };
      const append: Append = async (request) => {
        const result = await events.append(request);
        const isAnswered = request.events.some(({ data }) => data['reason'] === 'answered-failed');
        if (!isAnswered || result.kind !== 'appended') return result;
        const openedAt = runtime.clock.now();
        const charge = {
          kind: 'charge',
          id: request.stream,
          openedAt,
          attempts: 0,
          dueAt: openedAt + RESEND_AFTER_MS,
          lastOutcome: null,
        } as const;
        answered.set(request.stream, { ...charge, owner: 'none' });
        return result;
      };
      return { ...store, events: { ...events, append, readStream }, work: { ...work, take } };
    },
  };
}
