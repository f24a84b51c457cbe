import { ReservationError, type ReservationStore } from '@reservations/core';
import { type CallDeps, createProcessFaults, never } from '../faults/process-faults.ts';
import type { SimProcess } from '../world/process.ts';
import type { FaultRates } from '../faults/fault-rates.ts';

/** Bounds of the latency of a call to the store, one way. */
const FAST_MS = { min: 0, max: 8 };
const SLOW_MS = { min: 500, max: 4_000 };

/** Bounds of the time for which the store is unreachable. */
const DOWN_MS = { min: 200, max: 10_000 };

/** Bounds of the delay after which a failed call takes effect. */
const LATE_MS = { min: 50, max: 25_000 };

/** Builds a process's client of the database, over a network that fails. */
export function createSimStore(database: ReservationStore, process: SimProcess, deps: CallDeps): ReservationStore {
  const call = createCalls(process, deps);
  const { history } = deps;
  const { events, view, repair, work, subscriptions, apiKeys } = database;
  return {
    events: {
      append: (request) => call('append', request.stream, () => events.append(request)),
      readStream: (stream, range) => call('readStream', stream, () => events.readStream(stream, range)),
      readAll: (range) => call('readAll', null, () => events.readAll(range)),
      lastPosition: () => call('lastPosition', null, () => events.lastPosition()),
      onCommit: (listener) => events.onCommit(listener),
    },
    view: {
      find: (id) => call('find', id, () => view.find(id)),
      findByKey: (key) => call('find by key', null, () => view.findByKey(key)),
      findByTransaction: (id) => call('find by transaction', null, () => view.findByTransaction(id)),
      list: (filter) => call('list', null, () => view.list(filter)),
      count: (request) => call('count', null, () => view.count(request)),
    },
    repair: {
      put: (rows) => call('put rows', null, () => repair.put(rows)),
      removeOrphans: (page) => call('remove orphans', null, () => repair.removeOrphans(page)),
    },
    work: {
      take: (request) =>
        call('take', null, async () => {
          const taken = await work.take(request);
          for (const { kind, id, attempts } of taken) {
            history.add(process.name, `takes the ${kind}, attempt ${attempts}`, id);
          }
          return taken;
        }),
      release: (request) => call('release', request.id, () => work.release(request)),
      list: (request) => call('list work', null, () => work.list(request)),
      gauge: (request) => call('gauge', null, () => work.gauge(request)),
    },
    subscriptions: {
      acquire: (request) => call('acquire', null, () => subscriptions.acquire(request)),
      advance: (request) => call('advance', null, () => subscriptions.advance(request)),
      release: (request) => call('release subscription', null, () => subscriptions.release(request)),
      stop: (request) => call('stop subscription', null, () => subscriptions.stop(request)),
      resume: (request) => call('resume subscription', null, () => subscriptions.resume(request)),
      list: (request) => call('list subscriptions', null, () => subscriptions.list(request)),
    },
    apiKeys: {
      insert: (key) => call('insert API key', null, () => apiKeys.insert(key)),
      find: (prefix) => call('find API key', null, () => apiKeys.find(prefix)),
      list: (page) => call('list API keys', null, () => apiKeys.list(page)),
      revoke: (request) => call('revoke API key', null, () => apiKeys.revoke(request)),
      markUsed: (request) => call('mark API key', null, () => apiKeys.markUsed(request)),
    },
    checkWritable: () => call('checkWritable', null, () => database.checkWritable()),
    close: () => Promise.resolve(),
  };
}

/** Makes a call to the database, or fails it. `effect` is the call itself. */
type Call = <Result>(name: string, about: string | null, effect: () => Promise<Result>) => Promise<Result>;

function createCalls(process: SimProcess, deps: CallDeps): Call {
  const { world, random, history, counters } = deps;
  const processFaults = createProcessFaults(process, deps);
  let downUntil = 0;

  function refuses(faults: FaultRates): boolean {
    if (random.chance(faults.storeDown)) downUntil = world.now() + random.integer(DOWN_MS.min, DOWN_MS.max);
    return (faults.storeDown > 0 && world.now() < downUntil) || random.chance(faults.storeRefuses);
  }

  function latency(faults: FaultRates): number {
    const bounds = random.chance(faults.storeSlow) ? SLOW_MS : FAST_MS;
    return random.integer(bounds.min, bounds.max);
  }

  return (name, about, effect) => {
    const faults = deps.faults();
    if (processFaults.crash(faults.crashBeforeCall, `before ${name}`, about)) return never();
    processFaults.freeze(faults.freezeAtCall, `at ${name}`, about);
    return new Promise((resolve, reject) => {
      const fail = (why: string): void => {
        history.add(process.name, `${name}: ${why}`, about);
        world.after(latency(faults), process, () => reject(new ReservationError('STORE_UNAVAILABLE', why)));
      };
      if (refuses(faults)) return fail('the store is unavailable');
      if (random.chance(faults.storeActsLate)) {
        world.after(random.integer(LATE_MS.min, LATE_MS.max), null, () => void effect().catch(() => undefined));
        return fail('the connection broke before the effect');
      }
      const arrive = async (): Promise<void> => {
        try {
          const result = await effect();
          if (processFaults.crash(deps.faults().crashAfterCall, `after ${name}`, about)) return;
          processFaults.freeze(deps.faults().freezeAfterCall, `after ${name}`, about);
          if (!random.chance(deps.faults().storeLosesReply)) {
            return void world.after(latency(faults), process, () => resolve(result));
          }
          counters.lostAcknowledgements += 1;
          fail('the acknowledgement was lost');
        } catch (error) {
          world.after(0, process, () => reject(error));
        }
      };
      world.after(latency(faults), null, () => void arrive());
    });
  };
}
