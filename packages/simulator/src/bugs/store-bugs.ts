import type { ReservationStore, ReservationSummary } from '@reservations/core';
import { type AppendRequest, type AppendResult, READ_LIMIT_MAX } from '@reservations/core/ports';
import type { SimProcess } from '../world/process.ts';
import { type PlantedBug, withAppend } from './planted-bug.ts';

/** Errors in what is written, and when. */
export const STORE_BUGS: readonly PlantedBug[] = [
  {
    name: 'append-without-version',
    mistake: 'an append does not check the expected version',
    plant: () => ({ store: (store) => withAppend(store, appendAtAnyVersion) }),
  },
  {
    name: 'charge-before-commit',
    mistake: 'the charge is sent before RESERVATION_CREATED is committed',
    plant: () => ({ store: (store) => withAppend(store, (append) => acknowledgeEarly(append, 'RESERVATION_CREATED')) }),
  },
  {
    name: 'answer-before-commit',
    mistake: 'the answer is sent before the verdict is committed',
    plant: () => ({
      store: (store) => withAppend(store, (append) => acknowledgeEarly(append, 'RESERVATION_CONFIRMED')),
    }),
  },
  { name: 'key-in-other-transaction', mistake: 'the idempotency key is written after the events', plant: plantLateKey },
  {
    name: 'lease-not-checked',
    mistake: 'a result is recorded although another worker holds the lease',
    plant: () => ({
      store: (store) =>
        withAppend(store, (append) => (request) => {
          const { work } = request.inlineWrites;
          if (work.change !== 'remove') return append(request);
          const unchecked = { ...work, onlyIfLeasedBy: null };
          return append({ ...request, inlineWrites: { ...request.inlineWrites, work: unchecked } });
        }),
    }),
  },
  {
    name: 'command-id-ignored',
    mistake: 'an append that is repeated after a lost acknowledgement counts as a new one',
    plant: () => ({ store: (store, process) => withAppend(store, (append) => withFreshCommandId(append, process)) }),
  },
  {
    name: 'view-row-missing',
    mistake: 'the view is not written with the verdict',
    plant: () => ({
      store: (store) =>
        withAppend(store, (append) => (request) => {
          const isVerdict = request.expected !== 'none';
          return append(isVerdict ? { ...request, inlineWrites: { ...request.inlineWrites, summary: null } } : request);
        }),
    }),
  },
  {
    name: 'repair-overwrites-later-rows',
    mistake: 'a repair writes a row although the stream has moved on since it was folded',
    plant: () => ({ store: repairingWithoutGuard }),
  },
  {
    name: 'not-queued',
    mistake: 'a created reservation is not put into the payment queue: if its process dies, it stays open',
    plant: () => ({ store: (store) => withAppend(store, withoutQueue) }),
  },
  {
    name: 'left-in-queue',
    mistake: 'a payment stays in the queue after its verdict',
    plant: () => ({
      store: (store) =>
        withAppend(store, (append) => (request) => {
          if (request.inlineWrites.work.change !== 'remove') return append(request);
          return append({ ...request, inlineWrites: { ...request.inlineWrites, work: { change: 'keep' } } });
        }),
    }),
  },
  {
    name: 'key-without-scope',
    mistake: 'keys of different callers are one key',
    plant: () => ({
      store: (store) =>
        withAppend(store, (append) => (request) => {
          const { key } = request.inlineWrites;
          if (key.kind === 'keep') return append(request);
          return append({ ...request, inlineWrites: { ...request.inlineWrites, key: { ...key, scope: 'all' } } });
        }),
    }),
  },
  {
    name: 'key-without-body',
    mistake: 'a key returns its reservation for any body',
    plant: () => ({ store: (store) => withAppend(store, ignoringFingerprint) }),
  },
  {
    name: 'stale-read',
    mistake: 'a GET is answered from a cache of the process',
    plant: () => ({ store: withCachedView }),
  },
  {
    name: 'take-in-two-steps',
    mistake: 'due payments are read first and leased afterwards: two servers settle the same payment',
    plant: () => ({ store: takingInTwoSteps }),
  },
  {
    name: 'origin-forgotten',
    mistake: 'events of settlement lack the correlation id of the request',
    plant: () => ({ store: (store) => withAppend(store, withOwnOrigin) }),
  },
  {
    name: 'never-escalates',
    mistake: 'settlement never escalates',
    plant: () => ({ settlement: { escalateAfterMs: Number.MAX_SAFE_INTEGER } }),
  },
];

type Append = ReservationStore['events']['append'];

function repairingWithoutGuard(store: ReservationStore): ReservationStore {
  async function atCurrentVersion(row: ReservationSummary): Promise<ReservationSummary> {
    const stream = await store.events.readStream(row.reservationId, { after: 0, limit: READ_LIMIT_MAX });
    return { ...row, version: stream.length };
  }
  return {
    ...store,
    repair: {
      ...store.repair,
      put: async (rows) => await store.repair.put(await Promise.all(rows.map(atCurrentVersion))),
    },
  };
}

function withOwnOrigin(append: Append): Append {
  return (request) => {
    if (request.expected === 'none') return append(request);
    const origin = { correlationId: request.stream, traceparent: null, caller: request.stream };
    const events = request.events.map((event) => ({ ...event, metadata: { ...event.metadata, ...origin } }));
    return append({ ...request, events });
  };
}

function appendAtAnyVersion(append: Append): Append {
  return async function retry(request): Promise<AppendResult> {
    const result = await append(request);
    if (result.kind !== 'conflict' || request.expected === 'none') return result;
    return await retry({ ...request, expected: result.actual });
  };
}

/** Reports success of appends of this event at once; the commit follows. */
function acknowledgeEarly(append: Append, type: string): Append {
  return (request) => {
    const isEarly = request.events.some((event) => event.type === type);
    if (!isEarly) return append(request);
    append(request).catch(() => undefined);
    const before = request.expected === 'none' ? 0 : request.expected;
    return Promise.resolve({ kind: 'appended', version: before + request.events.length, position: 0 });
  };
}

/** Keys are in a table of their own, which is read before the append and written after it. */
function plantLateKey(): ReturnType<PlantedBug['plant']> {
  const keys = new Map<string, { readonly stream: string; readonly fingerprint: string }>();
  return {
    store: (store) =>
      withAppend(store, (append) => async (request) => {
        const { key } = request.inlineWrites;
        if (key.kind === 'keep') return await append(request);
        const name = `${key.scope}/${key.key}`;
        const taken = keys.get(name);
        if (key.kind === 'claim' && taken !== undefined) return { kind: 'key-taken', ...taken };
        const result = await append({ ...request, inlineWrites: { ...request.inlineWrites, key: { kind: 'keep' } } });
        if (key.kind === 'claim') keys.set(name, { stream: request.stream, fingerprint: key.fingerprint });
        else if (result.kind === 'appended' && taken?.stream === request.stream) keys.delete(name);
        return result;
      }),
  };
}

function withFreshCommandId(append: Append, { runtime }: SimProcess): Append {
  return (request: AppendRequest) => append({ ...request, commandId: runtime.newUuid() });
}

function withoutQueue(append: Append): Append {
  return (request) => {
    if (request.inlineWrites.work.change !== 'enqueue') return append(request);
    return append({ ...request, inlineWrites: { ...request.inlineWrites, work: { change: 'keep' } } });
  };
}

function ignoringFingerprint(append: Append): Append {
  return async (request) => {
    const result = await append(request);
    const { key } = request.inlineWrites;
    return result.kind === 'key-taken' && key.kind === 'claim' ? { ...result, fingerprint: key.fingerprint } : result;
  };
}

function withCachedView(store: ReservationStore): ReservationStore {
  const cache = new Map<string, NonNullable<Awaited<ReturnType<ReservationStore['view']['find']>>>>();
  return {
    ...store,
    view: {
      ...store.view,
      async find(id) {
        const cached = cache.get(id);
        if (cached !== undefined) return cached;
        const found = await store.view.find(id);
        if (found !== null) cache.set(id, found);
        return found;
      },
    },
  };
}

function takingInTwoSteps(store: ReservationStore): ReservationStore {
  const { work } = store;
  const take: typeof work.take = async (request) => {
    const { kind, owner, now, leaseUntil, limit } = request;
    const queued = await work.list({ kind, limit });
    const due = queued.filter(({ dueAt }) => dueAt <= now);
    if (due.length > 0) await work.take(request);
    return due.map((item) => ({ ...item, owner, dueAt: leaseUntil, attempts: item.attempts + 1 }));
  };
  return { ...store, work: { ...work, take } };
}
