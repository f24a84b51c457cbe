import { getEventListeners } from 'node:events';
import { expect, test, vi } from 'vitest';
import { createMemoryStore } from '../../adapters/memory/index.ts';
import { parseCreateRequest } from '../../domain/create-request.ts';
import { requestFingerprint } from '../../domain/request-fingerprint.ts';
import { encodeEvent } from '../../domain/reservation/stored-event.ts';
import { summarize } from '../../domain/reservation/summary.ts';
import type { ReservationStore } from '../../ports/reservation-store.ts';
import { createEngineFixture } from '../engine-fixture.ts';

// Work of one request that does not depend on the machine: what is added to it is seen here first.

vi.mock('../../domain/create-request.ts', { spy: true });
vi.mock('../../domain/request-fingerprint.ts', { spy: true });
vi.mock('../../domain/reservation/stored-event.ts', { spy: true });
vi.mock('../../domain/reservation/summary.ts', { spy: true });

const DOMAIN = { parseCreateRequest, requestFingerprint, encodeEvent, summarize };

const PORTS = ['events', 'view', 'work', 'subscriptions', 'repair'] as const;

/** A memory store that notes down its calls, by the name of port and member. */
function countedStore(): { readonly store: ReservationStore; readonly calls: Record<string, number> } {
  const calls: Record<string, number> = {};
  const store = createMemoryStore();
  const counted = PORTS.map((port) => {
    const handler: ProxyHandler<object> = {
      get(target, member) {
        const name = `${port}.${String(member)}`;
        calls[name] = (calls[name] ?? 0) + 1;
        return Reflect.get(target, member) as unknown;
      },
    };
    return [port, new Proxy<object>(store[port], handler)];
  });
  return {
    store: { ...store, ...(Object.fromEntries(counted) as Pick<ReservationStore, (typeof PORTS)[number]>) },
    calls,
  };
}

function calledInDomain(): Record<string, number> {
  return Object.fromEntries(Object.entries(DOMAIN).map(([name, spied]) => [name, vi.mocked(spied).mock.calls.length]));
}

test('a reservation takes two appends and one charge, reads nothing, and computes nothing twice', async () => {
  const { store, calls } = countedStore();
  const fixture = createEngineFixture({ store });
  vi.clearAllMocks();
  const created = await fixture.create({ idempotencyKey: 'k-1' });
  expect(created.stage).toBe('confirmed');
  expect(calls).toEqual({ 'events.append': 2 });
  expect(fixture.gateway.charges).toHaveLength(1);
  expect(calledInDomain()).toEqual({ parseCreateRequest: 1, requestFingerprint: 1, encodeEvent: 2, summarize: 2 });
});

test('requests leave no timer and no listener behind, of their own signals and of the engine', async () => {
  const { store } = countedStore();
  const fixture = createEngineFixture({ store });
  const sleep = vi.spyOn(fixture.runtime.clock, 'sleep');
  const signals = new Set<AbortSignal>();
  fixture.gateway.script((_, { signal }) => {
    signals.add(signal);
    return { kind: 'approved', transactionId: 'TXN-1', message: '' };
  });
  const { signal } = new AbortController();
  await Promise.all([fixture.create(), fixture.create(), fixture.create({ signal })]);
  expect(sleep).not.toHaveBeenCalled();
  // That of the engine, and one for the request that brought its own.
  expect(signals.size).toBe(2);
  for (const each of [signal, ...signals]) expect(getEventListeners(each, 'abort')).toEqual([]);
});
