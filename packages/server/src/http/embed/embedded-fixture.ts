import type { AddressInfo, Server } from 'node:net';
import {
  createReservations,
  type PaymentGateway,
  type PaymentOutcome,
  type Reservations,
  type ReservationStore,
} from '@reservations/core';
import { createMemoryStore } from '@reservations/core/memory';
import { expect } from 'vitest';
import { APPROVED } from '../service-fixture.ts';

/** What an application makes before it mounts the service. */
export interface Parts {
  readonly auth: 'none';
  readonly reservations: Reservations;
  readonly store: ReservationStore;
  readonly gateway: PaymentGateway;
  /** What was called, in order: the engine's start and end, charges, and the ends of gateway and store. */
  readonly calls: readonly string[];
  /** From now on charges wait for the returned function. */
  hold(): { readonly charging: Promise<void>; end(): void };
}

/** Makes the parts over a memory store and a payment service that approves. */
export function createParts(): Parts {
  const calls: string[] = [];
  const memory = createMemoryStore();
  let charge = (): Promise<PaymentOutcome> => Promise.resolve(APPROVED);
  const store: ReservationStore = {
    ...memory,
    async close() {
      calls.push('store closed');
      await memory.close();
    },
  };
  const gateway: PaymentGateway = {
    idempotency: 'none',
    chargesMax: 512,
    async charge({ userId }) {
      calls.push(`charges ${userId}`);
      const outcome = await charge();
      calls.push(`charged ${userId}`);
      return outcome;
    },
    async close() {
      calls.push('gateway closed');
    },
  };
  const engine = createReservations({ store, gateway });
  const reservations: Reservations = {
    ...engine,
    start() {
      calls.push('engine started');
      engine.start();
    },
    async stop(options) {
      await engine.stop(options);
      calls.push('engine stopped');
    },
  };
  return {
    auth: 'none',
    reservations,
    store,
    gateway,
    calls,
    hold() {
      const charging = Promise.withResolvers<void>();
      const verdict = Promise.withResolvers<PaymentOutcome>();
      charge = () => {
        charging.resolve();
        return verdict.promise;
      };
      return { charging: charging.promise, end: () => verdict.resolve(APPROVED) };
    },
  };
}

/** Sends a request to an application: over the network, or to a handler that takes it as it is. */
export type Send = (url: string, init?: RequestInit) => Promise<Response>;

/** A request for a reservation. */
export function postOf(body: string, headers: Readonly<Record<string, string>> = {}): RequestInit {
  return { method: 'POST', headers: { 'Content-Type': 'application/json', ...headers }, body };
}

/** The address of a server that listens, without a slash at its end. */
export function originOf(server: Pick<Server, 'address'>): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** What every application promises that mounts the service at `path`: links, bodies, errors, methods. */
export async function expectService(origin: string, path: string, send: Send = fetch): Promise<void> {
  const at = origin + path;
  const made = await send(`${at}/reservations?x=/a`, postOf('{"user_id":"ada","amount":"10.50","currency":"EUR"}'));
  const location = String(made.headers.get('Location'));
  expect([made.status, await made.json()]).toMatchObject([200, { user_id: 'ada', amount: 10.5 }]);
  expect(location).toMatch(new RegExp(`^${path}/reservations/RES-`));
  const shown = await send(origin + location);
  expect([shown.status, await shown.json()]).toMatchObject([200, { user_id: 'ada', amount: 10.5 }]);

  expect(await (await send(at)).json()).toMatchObject({ links: { reservations: `${path}/reservations` } });
  const missing = await send(`${at}/nowhere?x=1`);
  expect(await missing.json()).toMatchObject({ status: 404, code: 'not_found', instance: `${path}/nowhere` });
  const refused = await send(`${at}/reservations`, postOf('{"user_id":12,"amount":-1}'));
  expect([refused.status, await refused.json()]).toMatchObject([
    422,
    { detail: [{ loc: ['body', 'user_id'] }, { loc: ['body', 'amount'] }], instance: `${path}/reservations` },
  ]);
  const large = await send(`${at}/reservations`, postOf(JSON.stringify({ user_id: 'x'.repeat(70_000), amount: 1 })));
  expect([large.status, await large.json()]).toMatchObject([413, { code: 'body_too_large' }]);
  const removed = await send(`${at}/reservations`, { method: 'DELETE' });
  expect([removed.status, removed.headers.get('Allow')]).toEqual([405, expect.stringContaining('POST')]);
  expect((await send(`${at}/health/ready`)).status).toBe(200);
}

/**
 * What a stop promises: a request under way gets its answer, a stream of events ends with the hint when to connect again,
 * and only then are gateway and store closed.
 */
export async function expectGracefulStop(
  at: string,
  parts: Parts,
  stop: () => Promise<void>,
  send: Send = fetch,
): Promise<void> {
  const held = parts.hold();
  const answer = send(`${at}/reservations`, postOf('{"user_id":"last","amount":1}'));
  await held.charging;
  const stream = await send(`${at}/events?after=0`, { headers: { Accept: 'text/event-stream' } });
  const events = stream.text();
  const stopped = stop();
  await expect
    .poll(async () => {
      const ready = await send(`${at}/health/ready`).catch(() => null);
      return ready === null || ready.status === 503;
    })
    .toBe(true);
  expect(parts.calls.at(-1)).toBe('charges last');
  // While the charge is under way.
  const text = await events;
  expect(text).toContain('event: RESERVATION_CREATED');
  expect(text).toMatch(/\nretry: 2000\n\n$/);
  held.end();
  expect((await answer).status).toBe(200);
  await stopped;
  const ends = parts.calls.slice(parts.calls.indexOf('charges last'));
  expect(ends).toEqual(['charges last', 'charged last', 'engine stopped', 'gateway closed', 'store closed']);
}
