import type { AppendRequest, AppendResult, EventStore, RecordedEvent } from '../../ports/event-store.ts';
import type { PaymentQueue } from '../../ports/payment-queue.ts';
import type { ReservationStore } from '../../ports/reservation-store.ts';
import type { ReservationView } from '../../ports/reservation-view.ts';

/** A bug that an adapter could have, planted into a store that has none. */
export interface Sabotage {
  readonly bug: string;
  plant(store: ReservationStore): ReservationStore;
}

type Append = EventStore['append'];

function inAppend(bug: string, plant: (append: Append, store: ReservationStore) => Append): Sabotage {
  return inEvents(bug, (events, store) => ({ ...events, append: plant(events.append, store) }));
}

function inEvents(bug: string, plant: (events: EventStore, store: ReservationStore) => EventStore): Sabotage {
  return { bug, plant: (store) => ({ ...store, events: plant(store.events, store) }) };
}

function inView(bug: string, plant: (view: ReservationView) => ReservationView): Sabotage {
  return { bug, plant: (store) => ({ ...store, view: plant(store.view) }) };
}

function inPayments(bug: string, plant: (payments: PaymentQueue) => PaymentQueue): Sabotage {
  return { bug, plant: (store) => ({ ...store, payments: plant(store.payments) }) };
}

/** Appends whatever the stream's version is. */
async function force(append: Append, request: AppendRequest): Promise<AppendResult> {
  const result = await append(request);
  return result.kind === 'conflict' ? await append({ ...request, expected: result.actual }) : result;
}

const EVENTS_ONLY = { summary: null, payment: { kind: 'keep' }, claim: null } as const;

const expectedVersion: readonly Sabotage[] = [
  inAppend('the expected version is ignored', (append) => (request) => force(append, request)),
  inAppend(
    '"none" checks nothing',
    (append) => (request) => (request.expected === 'none' ? force(append, request) : append(request)),
  ),
  inAppend(
    'only "none" is checked',
    (append) => (request) => (request.expected === 'none' ? append(request) : force(append, request)),
  ),
  inAppend('a version that the stream has not reached is accepted', (append) => async (request) => {
    const result = await append(request);
    const early = result.kind === 'conflict' && result.actual !== 'none' && result.missed.length === 0;
    return early ? await force(append, request) : result;
  }),
  inAppend('a conflict reports the expected version as the actual one', (append) => async (request) => {
    const result = await append(request);
    return result.kind === 'conflict' ? { ...result, actual: request.expected } : result;
  }),
  inAppend('a conflict on an empty stream reports version 0', (append) => async (request) => {
    const result = await append(request);
    return result.kind === 'conflict' && result.actual === 'none' ? { ...result, actual: 0 } : result;
  }),
  inAppend('a conflict omits the missed events', (append) => async (request) => {
    const result = await append(request);
    return result.kind === 'conflict' ? { ...result, missed: [] } : result;
  }),
  inAppend('a conflict brings the whole stream', (append, store) => async (request) => {
    const result = await append(request);
    if (result.kind !== 'conflict') return result;
    return { ...result, missed: await store.events.readStream(request.stream, { after: 0, limit: 1_000 }) };
  }),
  inAppend('the version is checked, then written, with a pause between', (append, store) => async (request) => {
    const there = await store.events.readStream(request.stream, { after: 0, limit: 1_000 });
    const actual = there.length === 0 ? 'none' : there.length;
    await new Promise<void>((resolve) => setImmediate(resolve));
    return actual === request.expected ? await force(append, request) : await append(request);
  }),
];

const atomicity: readonly Sabotage[] = [
  inAppend('a conflict writes the first event all the same', (append) => async (request) => {
    const result = await append(request);
    if (result.kind === 'conflict') await force(append, { ...request, alongside: EVENTS_ONLY });
    return result;
  }),
  inAppend('a conflict claims the key', (append) => async (request) => {
    const result = await append(request);
    if (result.kind === 'conflict' && request.alongside.claim !== null) {
      const stream = `${request.stream}-claim`;
      await append({
        ...request,
        stream,
        expected: 'none',
        alongside: { ...EVENTS_ONLY, claim: request.alongside.claim },
      });
    }
    return result;
  }),
  {
    bug: 'the view is written although the append met a conflict',
    plant(store) {
      const shown = new Map<string, AppendRequest['alongside']['summary']>();
      return {
        ...store,
        events: {
          ...store.events,
          append(request) {
            if (request.alongside.summary !== null) shown.set(request.stream, request.alongside.summary);
            return store.events.append(request);
          },
        },
        view: { ...store.view, find: async (id) => shown.get(id) ?? (await store.view.find(id)) },
      };
    },
  },
  inAppend('only the first of several events is written', (append) => async (request) => {
    const result = await append({ ...request, events: request.events.slice(0, 1) });
    const rest = request.events.length - 1;
    if (result.kind !== 'appended') return result;
    return { ...result, version: result.version + rest, position: result.position + rest };
  }),
  inAppend('an append that fails half-way keeps its events', (append) => async (request) => {
    try {
      return await append(request);
    } catch (error) {
      if (request.events.length > 0) await append({ ...request, alongside: EVENTS_ONLY });
      throw error;
    }
  }),
  inAppend('an append is acknowledged before it is written', (append) => async (request) => {
    const { length } = request.events;
    setImmediate(() => void append(request).catch(() => undefined));
    return { kind: 'appended', version: length, position: length };
  }),
  inAppend('a command is executed again when it is sent again', (append) => {
    let sent = 0;
    return (request) => {
      sent += 1;
      return append({ ...request, commandId: `${request.commandId}-${sent}` });
    };
  }),
  inAppend('a repeated command is recognized only at its own version', (append, store) => async (request) => {
    const there = await store.events.readStream(request.stream, { after: 0, limit: 1_000 });
    const first = there.find(({ commandId }) => commandId === request.commandId);
    const own = first === undefined || first.version === (request.expected === 'none' ? 1 : request.expected + 1);
    return await append(own ? request : { ...request, commandId: `${request.commandId}-again` });
  }),
  inAppend('a command id is unique in the whole store', (append) => {
    const results = new Map<string, AppendResult>();
    return async (request) => {
      const earlier = results.get(request.commandId);
      if (earlier !== undefined) return earlier;
      const result = await append(request);
      if (result.kind === 'appended') results.set(request.commandId, result);
      return result;
    };
  }),
  inAppend(
    'appends of any size are accepted',
    (append) => (request) =>
      request.events.length > 100 ? append({ ...request, events: request.events.slice(0, 100) }) : append(request),
  ),
];

/** The n-th event gets position 2n. */
function doubled(event: RecordedEvent): RecordedEvent {
  return { ...event, position: event.position * 2 };
}

const log: readonly Sabotage[] = [
  inEvents('positions have gaps', (events) => ({
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

const keys: readonly Sabotage[] = [
  inAppend(
    'keys are not claimed',
    (append) => (request) => append({ ...request, alongside: { ...request.alongside, claim: null } }),
  ),
  inAppend('keys are shared by all callers', (append) => (request) => {
    const { alongside } = request;
    const claim = alongside.claim === null ? null : { ...alongside.claim, scope: '' };
    return append({ ...request, alongside: { ...alongside, claim } });
  }),
  inAppend('scope and key are joined to one text', (append) => (request) => {
    const { alongside } = request;
    const joined = (claim: NonNullable<typeof alongside.claim>) => ({
      ...claim,
      scope: '',
      key: `${claim.scope}:${claim.key}`,
    });
    return append({
      ...request,
      alongside: { ...alongside, claim: alongside.claim === null ? null : joined(alongside.claim) },
    });
  }),
  inAppend('a taken key is answered with the new fingerprint', (append) => async (request) => {
    const result = await append(request);
    return result.kind === 'key-taken' && request.alongside.claim !== null
      ? { ...result, fingerprint: request.alongside.claim.fingerprint }
      : result;
  }),
  inAppend('the events are written although the key is taken', (append) => async (request) => {
    const result = await append(request);
    if (result.kind === 'key-taken') await append({ ...request, alongside: EVENTS_ONLY });
    return result;
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
  inView('a listing forgets its stage when it has a user', (inner) => ({
    ...inner,
    list: (filter) => inner.list(filter.userId === null ? filter : { ...filter, stage: null }),
  })),
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

const payments: readonly Sabotage[] = [
  inAppend('the lease is not checked when a payment is taken out', (append) => (request) => {
    const { payment } = request.alongside;
    if (payment.kind !== 'remove') return append(request);
    return append({
      ...request,
      alongside: { ...request.alongside, payment: { kind: 'remove', onlyIfLeasedBy: null } },
    });
  }),
  inAppend('a lost lease is told, and the events are written', (append) => async (request) => {
    const result = await append(request);
    if (result.kind === 'lease-lost') await append({ ...request, alongside: EVENTS_ONLY });
    return result;
  }),
  inAppend(
    'an append whose owner lost the lease gives the payment back all the same',
    (append, store) => async (request) => {
      const { payment } = request.alongside;
      if (payment.kind !== 'release') return await append(request);
      const open = await store.payments.list({ limit: 1_000 });
      const owner = open.find(({ reservationId }) => reservationId === request.stream)?.owner ?? payment.owner;
      return await append({ ...request, alongside: { ...request.alongside, payment: { ...payment, owner } } });
    },
  ),
  inAppend('an append that only writes fails when its owner lost the lease', (append, store) => async (request) => {
    const { payment } = request.alongside;
    const open = await store.payments.list({ limit: 1_000 });
    const owner = open.find(({ reservationId }) => reservationId === request.stream)?.owner;
    return payment.kind === 'release' && owner !== payment.owner ? { kind: 'lease-lost' } : await append(request);
  }),
  inPayments('two that take at once get the same payments', (queue) => ({
    ...queue,
    async take(request) {
      const open = await queue.list({ limit: 1_000 });
      await new Promise<void>((resolve) => setImmediate(resolve));
      await queue.take(request);
      const due = open.filter(({ dueAt }) => dueAt <= request.now).slice(0, request.limit);
      const { owner, leaseUntil } = request;
      return due.map((payment) => ({ ...payment, owner, dueAt: leaseUntil, attempts: payment.attempts + 1 }));
    },
  })),
  inPayments('the limit of a haul is ignored', (queue) => ({
    ...queue,
    take: (request) => queue.take({ ...request, limit: 1_000 }),
  })),
  inPayments('payments are taken one millisecond early', (queue) => ({
    ...queue,
    take: (request) => queue.take({ ...request, now: request.now + 1, leaseUntil: request.leaseUntil }),
  })),
  inPayments('a payment is given back by whoever asks', (queue) => ({
    ...queue,
    async release(request) {
      const open = await queue.list({ limit: 1_000 });
      const owner = open.find(({ reservationId }) => reservationId === request.reservationId)?.owner;
      return await queue.release({ ...request, owner: owner ?? request.owner });
    },
  })),
  inPayments('giving back always claims to have worked', (queue) => ({
    ...queue,
    release: (request) => queue.release(request).then(() => true),
  })),
  inPayments('attempts are not counted', (queue) => ({
    ...queue,
    take: async (request) => (await queue.take(request)).map((payment) => ({ ...payment, attempts: 0 })),
  })),
  inPayments('the gauge counts what is leased only', (queue) => ({
    ...queue,
    async gauge() {
      const gauge = await queue.gauge();
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
  ...expectedVersion,
  ...atomicity,
  ...log,
  ...keys,
  ...view,
  ...payments,
  ...lifetime,
];
