import { inEvents, inSubscriptions, type Sabotage } from './sabotage.ts';

const hints: readonly Sabotage[] = [
  inEvents('the last position is the number of the last page', (events) => ({
    ...events,
    lastPosition: async () => Math.min(10, await events.lastPosition()),
  })),
  inEvents('the last position is one behind', (events) => ({
    ...events,
    lastPosition: async () => Math.max(0, (await events.lastPosition()) - 1),
  })),
  inEvents('listeners are not called after a commit', (events) => ({ ...events, onCommit: () => () => undefined })),
  inEvents('listeners hear of an append before it is committed', (events) => {
    const listeners = new Set<() => void>();
    return {
      ...events,
      append(request) {
        for (const listener of listeners) listener();
        return events.append(request);
      },
      onCommit(listener) {
        events.onCommit(() => undefined)();
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    };
  }),
  inEvents('listeners hear of a commit some time after the append', (events) => ({
    ...events,
    onCommit: (listener) =>
      events.onCommit(() => {
        void new Promise((resolve) => setImmediate(resolve)).then(listener).catch(() => undefined);
      }),
  })),
  inEvents('a listener cannot be taken out', (events) => ({
    ...events,
    onCommit(listener) {
      events.onCommit(listener);
      return () => undefined;
    },
  })),
  inEvents('a new listener takes the place of the one before', (events) => {
    let remove = (): void => undefined;
    return {
      ...events,
      onCommit(listener) {
        remove();
        remove = events.onCommit(listener);
        return remove;
      },
    };
  }),
  inEvents('a listener that throws fails the append', (events) => {
    let failure: unknown = null;
    return {
      ...events,
      async append(request) {
        failure = null;
        const result = await events.append(request);
        if (failure !== null) throw failure as Error;
        return result;
      },
      onCommit: (listener) =>
        events.onCommit(() => {
          try {
            listener();
          } catch (error) {
            failure = error;
          }
        }),
    };
  }),
];

const subscriptions: readonly Sabotage[] = [
  inSubscriptions('a lease is granted although another owner holds it', (inner) => ({
    ...inner,
    acquire: (request) => inner.acquire({ ...request, now: 1e12, leaseUntil: request.leaseUntil + 1e12 }),
  })),
  inSubscriptions('a lease ends one millisecond early', (inner) => ({
    ...inner,
    acquire: (request) => inner.acquire({ ...request, now: request.now + 1 }),
  })),
  inSubscriptions('two that ask at once both get it', (inner) => ({
    ...inner,
    async acquire(request) {
      const before = (await inner.list({ limit: 1_000 })).find((row) => row.name === request.name);
      await new Promise<void>((resolve) => setImmediate(resolve));
      const result = await inner.acquire(request);
      const wasFree = before === undefined || before.leaseUntil <= request.now;
      return result.kind === 'held' && wasFree ? { kind: 'acquired', position: before?.position ?? 0 } : result;
    },
  })),
  inSubscriptions('an owner that acquires its lease again is refused', (inner) => ({
    ...inner,
    async acquire(request) {
      const before = (await inner.list({ limit: 1_000 })).find((row) => row.name === request.name);
      const isIts = before?.owner === request.owner && before.leaseUntil > request.now;
      return isIts ? { kind: 'held', until: before.leaseUntil } : await inner.acquire(request);
    },
  })),
  inSubscriptions('every owner begins where it says', (inner) => ({
    ...inner,
    async acquire(request) {
      const result = await inner.acquire(request);
      return result.kind === 'acquired' ? { ...result, position: request.startAfter } : result;
    },
  })),
  inSubscriptions('a checkpoint goes back', (inner) => {
    const shown = new Map<string, number>();
    return {
      ...inner,
      async advance(request) {
        shown.set(request.name, request.position);
        return await inner.advance(request);
      },
      list: async (request) =>
        (await inner.list(request)).map((row) => ({ ...row, position: shown.get(row.name) ?? row.position })),
    };
  }),
  inSubscriptions('a checkpoint is moved by an owner without the lease', (inner) => ({
    ...inner,
    async advance(request) {
      const row = (await inner.list({ limit: 1_000 })).find(({ name }) => name === request.name);
      return await inner.advance({ ...request, owner: row?.owner ?? request.owner });
    },
  })),
  inSubscriptions('moving a checkpoint always claims to have worked', (inner) => ({
    ...inner,
    advance: (request) => inner.advance(request).then(() => true),
  })),
  inSubscriptions('moving a checkpoint does not renew the lease', (inner) => ({
    ...inner,
    async advance(request) {
      const row = (await inner.list({ limit: 1_000 })).find(({ name }) => name === request.name);
      return await inner.advance({ ...request, leaseUntil: row?.leaseUntil ?? request.leaseUntil });
    },
  })),
  inSubscriptions('a late renewal shortens the lease', (inner) => {
    const shown = new Map<string, number>();
    return {
      ...inner,
      async advance(request) {
        const isHeld = await inner.advance(request);
        if (isHeld) shown.set(request.owner, request.leaseUntil);
        return isHeld;
      },
      list: async (request) =>
        (await inner.list(request)).map((row) => ({
          ...row,
          leaseUntil: shown.get(row.owner ?? '') ?? row.leaseUntil,
        })),
    };
  }),
  inSubscriptions('asking again late shortens the lease', (inner) => {
    const shown = new Map<string, number>();
    return {
      ...inner,
      async acquire(request) {
        const result = await inner.acquire(request);
        if (result.kind === 'acquired') shown.set(request.owner, request.leaseUntil);
        return result;
      },
      async advance(request) {
        shown.delete(request.owner);
        return await inner.advance(request);
      },
      list: async (request) =>
        (await inner.list(request)).map((row) => ({
          ...row,
          leaseUntil: shown.get(row.owner ?? '') ?? row.leaseUntil,
        })),
    };
  }),
  inSubscriptions('giving up keeps the lease', (inner) => ({
    ...inner,
    release: (request) => inner.advance({ ...request, leaseUntil: 2_000 }),
  })),
  inSubscriptions('giving up forgets what was handled', (inner) => ({
    ...inner,
    release: (request) => inner.release({ ...request, position: 0 }),
  })),
  inSubscriptions('stopping counts the event as handled', (inner) => ({
    ...inner,
    async stop(request) {
      await inner.advance({ ...request, leaseUntil: 2_000 });
      return await inner.stop(request);
    },
  })),
  inSubscriptions('a stopped subscription goes on when its lease would have ended', (inner) => ({
    ...inner,
    async acquire(request) {
      const result = await inner.acquire(request);
      if (result.kind !== 'stopped' || request.now < 10_000) return result;
      await inner.resume({ name: request.name, skip: null });
      return await inner.acquire(request);
    },
  })),
  inSubscriptions('resuming skips whatever it stands at', (inner) => ({
    ...inner,
    async resume(request) {
      const row = (await inner.list({ limit: 1_000 })).find(({ name }) => name === request.name);
      return await inner.resume({ ...request, skip: request.skip === null ? null : (row?.stopped?.position ?? 0) });
    },
  })),
  inSubscriptions('resuming behind an event tries it again', (inner) => ({
    ...inner,
    resume: ({ name }) => inner.resume({ name, skip: null }),
  })),
  inSubscriptions('names are compared without regard to case', (inner) => ({
    ...inner,
    acquire: (request) => inner.acquire({ ...request, name: request.name.toLowerCase() }),
  })),
  inSubscriptions('a list of any length is given', (inner) => ({
    ...inner,
    list: () => inner.list({ limit: 1_000 }),
  })),
];

/** Bugs in what readers of the log depend on. */
export const sabotagedFeeds: readonly Sabotage[] = [...hints, ...subscriptions];
