import type { AppendRequest, AppendResult, RecordedEvent } from '../../src/ports/event-store.ts';
import type { ReservationView } from '../../src/ports/reservation-view.ts';
import { EVENTS_ONLY, inAppend, inEvents, inWork, inView, type Sabotage } from './sabotage.ts';
import { sabotagedApiKeys } from './sabotaged-api-keys.ts';
import { sabotagedAppends } from './sabotaged-appends.ts';
import { sabotagedKeys } from './sabotaged-keys.ts';
import { sabotagedFeeds } from './sabotaged-feeds.ts';
import { sabotagedListings } from './sabotaged-listings.ts';
import { sabotagedLookUps } from './sabotaged-look-ups.ts';
import { sabotagedRepairs } from './sabotaged-repairs.ts';

/** The n-th event gets position 2n. */
function doubled(event: RecordedEvent): RecordedEvent {
  return { ...event, position: event.position * 2 };
}

const log: readonly Sabotage[] = [
  inEvents('positions have gaps', (events) => ({
    ...events,
    async append(request) {
      const result = await events.append(request);
      return result.kind === 'appended' ? { ...result, position: result.position * 2 } : result;
    },
    readStream: async (stream, range) => (await events.readStream(stream, range)).map(doubled),
    readAll: async ({ after, limit }) => (await events.readAll({ after: Math.floor(after / 2), limit })).map(doubled),
  })),
  inEvents('positions count within the stream', (events) => ({
    ...events,
    readAll: async (range) => (await events.readAll(range)).map((event) => ({ ...event, position: event.version })),
  })),
  inEvents('a page skips the event behind its limit', (events) => ({
    ...events,
    readAll: ({ after, limit }) => events.readAll({ after: after === 0 ? 0 : after + 1, limit }),
  })),
  inEvents('a page begins with the event that it should begin behind', (events) => ({
    ...events,
    readStream: (stream, { after, limit }) => events.readStream(stream, { after: Math.max(0, after - 1), limit }),
  })),
  inEvents('the limit of a page is ignored', (events) => ({
    ...events,
    readAll: ({ after }) => events.readAll({ after, limit: 1_000 }),
  })),
  inEvents('streams are looked up without regard to case', (events) => ({
    ...events,
    append: (request) => events.append({ ...request, stream: request.stream.toUpperCase() }),
    readStream: (stream, range) => events.readStream(stream.toUpperCase(), range),
  })),
  inAppend('numbers are kept with 15 digits', (append) => (request) => {
    const data = (text: string): AppendRequest['events'][number]['data'] =>
      JSON.parse(text, (_, value: unknown) =>
        typeof value === 'number' ? Number(value.toPrecision(15)) : value,
      ) as never;
    return append({
      ...request,
      events: request.events.map((event) => ({ ...event, data: data(JSON.stringify(event.data)) })),
    });
  }),
  inAppend('texts lose what is not in the basic plane', (append) => (request) => {
    const text = JSON.stringify(request.events).replaceAll(/[\u{10000}-\u{10ffff}]/gu, '?');
    return append({ ...request, events: JSON.parse(text) as AppendRequest['events'] });
  }),
  inEvents('what is returned is the store’s own memory', (events) => {
    let cached: readonly RecordedEvent[] | null = null;
    return {
      ...events,
      append(request) {
        cached = null;
        return events.append(request);
      },
      async readAll(range) {
        cached ??= structuredClone(await events.readAll({ after: 0, limit: 1_000 }));
        return cached.filter(({ position }) => position > range.after).slice(0, range.limit);
      },
    };
  }),
  inAppend('what is written is what the request has become', (append) => async (request) => {
    await new Promise<void>((resolve) => setImmediate(resolve));
    return await append(request);
  }),
];

const view: readonly Sabotage[] = [
  {
    bug: 'the view shows the row before the last',
    plant(store) {
      const shown = new Map<string, Awaited<ReturnType<ReservationView['find']>>>();
      return {
        ...store,
        view: {
          ...store.view,
          async find(id) {
            const stale = shown.get(id);
            shown.set(id, await store.view.find(id));
            return stale ?? null;
          },
        },
      };
    },
  },
  ...sabotagedListings,
  inView('a full last page promises another', (inner) => ({
    ...inner,
    async list(filter) {
      const page = await inner.list(filter);
      const last = page.reservations.at(-1);
      return page.reservations.length === filter.limit && last ? { ...page, next: last.reservationId } : page;
    },
  })),
  inView('a page of any size is given', (inner) => ({
    ...inner,
    list: (filter) => inner.list({ ...filter, limit: Math.max(1, Math.min(200, Math.floor(filter.limit))) }),
  })),
];

const work: readonly Sabotage[] = [
  inAppend('the lease is not checked when a payment is taken out', (append) => (request) => {
    const { work: change } = request.inlineWrites;
    if (change.change !== 'remove') return append(request);
    return append({
      ...request,
      inlineWrites: { ...request.inlineWrites, work: { ...change, onlyIfLeasedBy: null } },
    });
  }),
  inAppend('a lost lease is told, and the events are written', (append) => async (request) => {
    const result = await append(request);
    if (result.kind === 'lease-lost') await append({ ...request, inlineWrites: EVENTS_ONLY });
    return result;
  }),
  inAppend(
    'an append whose owner lost the lease gives the payment back all the same',
    (append, store) => async (request) => {
      const { work: change } = request.inlineWrites;
      if (change.change !== 'release') return await append(request);
      const open = await store.work.list({ kind: 'charge', limit: 1_000 });
      const owner = open.find(({ id }) => id === change.id)?.owner ?? change.owner;
      return await append({ ...request, inlineWrites: { ...request.inlineWrites, work: { ...change, owner } } });
    },
  ),
  inAppend('an append that only writes fails when its owner lost the lease', (append, store) => async (request) => {
    const { work: change } = request.inlineWrites;
    const open = await store.work.list({ kind: 'charge', limit: 1_000 });
    const owner = change.change === 'keep' ? null : open.find(({ id }) => id === change.id)?.owner;
    return change.change === 'release' && owner !== change.owner ? { kind: 'lease-lost' } : await append(request);
  }),
  inWork('two that take at once get the same payments', (queue) => ({
    ...queue,
    async take(request) {
      const open = await queue.list({ kind: request.kind, limit: 1_000 });
      await new Promise<void>((resolve) => setImmediate(resolve));
      await queue.take(request);
      const due = open.filter(({ dueAt }) => dueAt <= request.now).slice(0, request.limit);
      const { owner, leaseUntil } = request;
      return due.map((item) => ({ ...item, owner, dueAt: leaseUntil, attempts: item.attempts + 1 }));
    },
  })),
  inWork('the limit of a haul is ignored', (queue) => ({
    ...queue,
    take: (request) => queue.take({ ...request, limit: 1_000 }),
  })),
  inWork('payments are taken one millisecond early', (queue) => ({
    ...queue,
    take: (request) => queue.take({ ...request, now: request.now + 1, leaseUntil: request.leaseUntil }),
  })),
  inWork('work is released by an owner without the lease', (queue) => ({
    ...queue,
    async release(request) {
      const open = await queue.list({ kind: request.kind, limit: 1_000 });
      const owner = open.find(({ id }) => id === request.id)?.owner;
      return await queue.release({ ...request, owner: owner ?? request.owner });
    },
  })),
  inWork('giving back always claims to have worked', (queue) => ({
    ...queue,
    release: (request) => queue.release(request).then(() => true),
  })),
  inWork('every kind is one', (queue) => ({
    ...queue,
    take: (request) => queue.take({ ...request, kind: 'charge' }),
    list: (request) => queue.list({ ...request, kind: 'charge' }),
    gauge: (request) => queue.gauge({ ...request, kind: 'charge' }),
  })),
  inAppend('an append changes the work of its stream, whatever it names', (append) => (request) => {
    const { work: change } = request.inlineWrites;
    if (change.change === 'keep') return append(request);
    return append({ ...request, inlineWrites: { ...request.inlineWrites, work: { ...change, id: request.stream } } });
  }),
  inWork('attempts are not counted', (queue) => ({
    ...queue,
    take: async (request) => (await queue.take(request)).map((item) => ({ ...item, attempts: 0 })),
  })),
  inWork('the gauge counts what is leased only', (queue) => ({
    ...queue,
    async gauge(request) {
      const gauge = await queue.gauge(request);
      return { ...gauge, nextDueAt: null };
    },
  })),
];

const lifetime: readonly Sabotage[] = [
  { bug: 'a closed store goes on', plant: (store) => ({ ...store, close: () => Promise.resolve() }) },
  {
    bug: 'closing forgets what is under way',
    plant(store) {
      let closed = false;
      async function append(request: AppendRequest): Promise<AppendResult> {
        await new Promise<void>((resolve) => setImmediate(resolve));
        if (closed) throw new Error('closed');
        return await store.events.append(request);
      }
      return {
        ...store,
        events: { ...store.events, append },
        async close() {
          closed = true;
          await store.close();
        },
      };
    },
  },
];

/** Each of these must be caught by at least one case of the contract. */
export const sabotages: readonly Sabotage[] = [
  ...sabotagedAppends,
  ...log,
  ...sabotagedKeys,
  ...view,
  ...sabotagedLookUps,
  ...sabotagedRepairs,
  ...work,
  ...sabotagedFeeds,
  ...sabotagedApiKeys,
  ...lifetime,
];
