import { afterAll, beforeAll, expect, inject, onTestFinished, test, vi } from 'vitest';
import type { ReservationStore } from '../../ports/reservation-store.ts';
import { exampleAppend, exampleEvent, exampleId } from '../../testing/builders.ts';
import { openPostgresStore } from './index.ts';
import { startTestChild, type TestChild } from './test-children.ts';
import { createTestSchemas, type TestSchemas } from './test-support.ts';

let schemas: TestSchemas;
beforeAll(async () => {
  schemas = await createTestSchemas(inject('postgresUrl'));
});
afterAll(() => schemas.database.drop());

const TIMEOUT_MS = 20_000;
const oneTo = (n: number): readonly number[] => Array.from({ length: n }, (_, index) => index + 1);

/** A process that reads under the name "work", and all that it said so far. */
interface Reader {
  readonly child: TestChild;
  readonly said: unknown[];
  handled(): readonly number[];
}

async function startReader(url: string): Promise<Reader> {
  const child = startTestChild('subscribe', url);
  onTestFinished(() => child.kill());
  const said: unknown[] = [];
  expect(await child.next()).toBe('ready');
  child.go();
  async function listen(): Promise<void> {
    for (let line = await child.next(); line !== undefined; line = await child.next()) said.push(line);
  }
  void listen();
  return { child, said, handled: () => said.filter((line) => typeof line === 'number') };
}

async function openStore(): Promise<{ readonly url: string; readonly store: ReservationStore }> {
  const url = await schemas.newSchema();
  const store = await openPostgresStore({ connectionString: url });
  onTestFinished(() => store.close());
  return { url, store };
}

async function append(store: ReservationStore, numbers: readonly number[]): Promise<void> {
  for (const n of numbers) {
    await store.events.append(exampleAppend(exampleId(n), { events: [exampleEvent(n)] }));
  }
}

async function until(condition: () => boolean): Promise<void> {
  await vi.waitFor(() => expect(condition()).toBe(true), { timeout: TIMEOUT_MS });
}

/** Which of the two reads, and which waits. */
function sorted(one: Reader, other: Reader): readonly [Reader, Reader] {
  return one.handled().length > 0 ? [one, other] : [other, one];
}

/** Each event that a process handles is the one behind the event that it handled before. */
function expectUnbroken(handled: readonly number[]): void {
  const [first = 1] = handled;
  expect(handled).toEqual(handled.map((_, index) => first + index));
}

test('another server takes over from one that is killed, and every event is handled in order', async () => {
  const { url, store } = await openStore();
  const readers = [await startReader(url), await startReader(url)] as const;
  await append(store, oneTo(30));
  await until(() => readers.some((reader) => reader.handled().length > 10));
  const [holder, waiter] = sorted(...readers);
  expect(waiter.handled()).toEqual([]);
  await Promise.all([
    append(store, oneTo(80).slice(30)),
    until(() => holder.handled().length > 40).then(() => holder.child.kill()),
  ]);
  const last = holder.handled().at(-1) ?? 0;
  await until(() => waiter.handled().at(-1) === 80);
  expectUnbroken(holder.handled());
  expectUnbroken(waiter.handled());
  expect(holder.handled()[0]).toBe(1);
  expect(waiter.handled()[0]).toBeLessThanOrEqual(last + 1);
});

test('a server that was frozen for longer than its lease changes nothing when it goes on', async () => {
  const { url, store } = await openStore();
  const readers = [await startReader(url), await startReader(url)] as const;
  await append(store, oneTo(20));
  await until(() => readers.some((reader) => reader.handled().length === 20));
  const [holder, waiter] = sorted(...readers);
  holder.child.pause(true);
  await append(store, oneTo(40).slice(20));
  await until(() => waiter.handled().at(-1) === 40);
  const owner = async (): Promise<unknown> => (await store.subscriptions.list({ limit: 1 }))[0]?.owner;
  const before = await owner();
  holder.child.pause(false);
  await until(() => holder.said.includes('subscription-lost'));
  await append(store, oneTo(60).slice(40));
  await until(() => waiter.handled().at(-1) === 60);
  expect(await owner()).toBe(before);
  expect(holder.handled()).toEqual(oneTo(20));
  expectUnbroken(waiter.handled());
});
