import type * as workerThreads from 'node:worker_threads';
import Database from 'better-sqlite3';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Observation } from '../../../ports/observer.ts';
import type { SqliteStore } from '../sqlite-store.ts';
import {
  exampleAppend,
  exampleCharge,
  exampleEvent,
  exampleId,
  exampleSummary,
  NOTHING_ALONGSIDE,
} from '../../../testing/builders.ts';
import { setDurable } from '../open/durability.ts';
import { rememberFiles } from '../open/file-identity.ts';
import { migrate } from '../schema/migrate.ts';
import { SQLITE_MIGRATIONS } from '../schema/steps.ts';
import { createSqliteStore } from '../store.ts';
import { createTestDirectories } from '../test-support.ts';
import { createFileWriter, type FileWriter } from './file-writer.ts';

/** Every thread that was started. */
const threads: { terminate(): Promise<number>; readonly threadId: number }[] = [];

vi.mock('node:worker_threads', async (original) => {
  const actual = await original<typeof workerThreads>();
  return {
    ...actual,
    Worker: class extends actual.Worker {
      constructor(...given: ConstructorParameters<typeof actual.Worker>) {
        super(...given);
        threads.push(this);
      }
    },
  };
});

const directories = createTestDirectories();
afterAll(() => directories.remove());

interface Fixture {
  readonly path: string;
  readonly store: SqliteStore;
  readonly writer: FileWriter;
  readonly seen: Observation[];
}

async function open(threadAfterMs: number, pathOfThread?: string): Promise<Fixture> {
  const path = await directories.newPath();
  const database = new Database(path);
  setDurable(database);
  migrate(database, SQLITE_MIGRATIONS);
  const seen: Observation[] = [];
  const writer = createFileWriter(database, {
    path: pathOfThread ?? path,
    busyTimeoutMs: 100,
    files: rememberFiles([path, `${path}-wal`]),
    observer: (observation) => void seen.push(observation),
    threadAfterMs,
  });
  return { path, writer, seen, store: createSqliteStore(database, { writer, onClosed: () => undefined }) };
}

/** Opens a store whose thread commits. */
async function openInThread(): Promise<Fixture> {
  const opened = await open(0);
  await opened.store.checkWritable();
  await expect.poll(() => opened.writer.isInThread()).toBe(true);
  return opened;
}

const CLAIM = { kind: 'claim', scope: 'anonymous', key: 'k', fingerprint: 'f' } as const;
const NOW = 1_000;

function opening(n: number, owner = 'w') {
  return exampleAppend(exampleId(n), {
    events: [exampleEvent(n)],
    inlineWrites: {
      summary: exampleSummary(exampleId(n)),
      work: { change: 'enqueue', ...exampleCharge(n), owner, openedAt: 1, leaseUntil: NOW },
      key: n === 1 ? CLAIM : { kind: 'keep' },
    },
  });
}

/** Every kind of write with every kind of result, and what is read afterwards. */
async function everything({ store, seen }: Fixture): Promise<unknown> {
  const { events, work, subscriptions, repair, view } = store;
  const lease = { kind: 'charge', owner: 'v', now: NOW, leaseUntil: NOW + 1, limit: 10 } as const;
  const remove = { change: 'remove', ...exampleCharge(2), onlyIfLeasedBy: 'x' } as const;
  const subscription = { name: 's', owner: 'o', now: NOW, leaseUntil: NOW + 1 };
  const unsent = { change: 'enqueue' as const, ...exampleCharge(9), owner: (() => 'w') as unknown as string };
  const results = await Promise.allSettled([
    events.append(opening(1)),
    events.append(opening(2)),
    events.append(opening(1)),
    events.append(exampleAppend(exampleId(1), { commandId: 'late' })),
    events.append(exampleAppend(exampleId(3), { inlineWrites: { ...NOTHING_ALONGSIDE, key: CLAIM } })),
    events.append(
      exampleAppend(exampleId(2), {
        commandId: 'lost',
        expected: 1,
        inlineWrites: { ...NOTHING_ALONGSIDE, work: remove },
      }),
    ),
    // Refused by an assertion, and by the driver: neither may harm another.
    events.append({ ...opening(2), stream: exampleId(4) }),
    events.append(
      exampleAppend(exampleId(5), {
        inlineWrites: { ...NOTHING_ALONGSIDE, work: { ...unsent, openedAt: 1, leaseUntil: NOW } },
      }),
    ),
    work.take(lease),
    work.release({ ...exampleCharge(1), owner: 'v', dueAt: NOW, lastOutcome: 'unknown' }),
    work.release({ ...exampleCharge(1), owner: 'other', dueAt: NOW, lastOutcome: 'unknown' }),
    subscriptions.acquire({ ...subscription, startAfter: 0 }),
    repair.put([exampleSummary(exampleId(1), { message: 'repaired' }), exampleSummary(exampleId(7))]),
    repair.removeOrphans({ after: null, limit: 10 }),
    store.checkWritable(),
  ]);
  const advanced = await subscriptions.advance({ name: 's', owner: 'o', position: 2, leaseUntil: NOW + 2 });
  return {
    results: results.map((result) => (result.status === 'rejected' ? { rejected: result.status } : result)),
    advanced,
    log: await events.readAll({ after: 0, limit: 100 }),
    row: await view.find(exampleId(1)),
    due: await work.list({ kind: 'charge', limit: 10 }),
    checkpoints: await subscriptions.list({ limit: 10 }),
    observed: seen.map((observation) => ({ ...observation, waitMs: 0, durationMs: 0 })),
  };
}

describe('a writer of a file', () => {
  test('writes and answers in a thread as it does on the event loop', async () => {
    const [onLoop, inThread] = [await open(Infinity), await openInThread()];
    const found = await everything(inThread);
    const { results } = found as { readonly results: readonly unknown[] };
    expect(results.map((result) => (result as { readonly status?: string }).status ?? 'rejected')).toEqual([
      ...Array.from({ length: 6 }, () => 'fulfilled'),
      'rejected',
      'rejected',
      ...Array.from({ length: 7 }, () => 'fulfilled'),
    ]);
    expect(await everything(onLoop)).toEqual(found);
    expect([onLoop.writer.isInThread(), inThread.writer.isInThread()]).toEqual([false, true]);
    await Promise.all([onLoop.store.close(), inThread.store.close()]);
  });

  test('stays on the event loop where no thread can open the file', async () => {
    const { store, writer } = await open(0, await directories.newPath());
    await store.checkWritable();
    const started = threads.length;
    expect(await store.events.append(opening(1))).toEqual({ kind: 'appended', version: 1, position: 1 });
    await store.close();
    expect([writer.isInThread(), threads.length]).toEqual([false, started]);
  });

  describe('whose thread is killed', () => {
    let fixture: Fixture;
    let other: Database.Database;

    beforeEach(async () => {
      fixture = await openInThread();
      other = new Database(fixture.path);
    });
    afterEach(async () => {
      other.close();
      await fixture.store.close();
    });

    test('rejects what is under way as unknown, commits the rest, and starts another', async () => {
      const { store, writer } = fixture;
      other.exec('begin immediate');
      const [underWay, behind] = [store.events.append(opening(1)), store.events.append(opening(1))];
      const fault = { code: 'STORE_UNAVAILABLE', message: expect.stringContaining('it is unknown') };
      const rejected = Promise.all([underWay, behind].map((append) => expect(append).rejects.toMatchObject(fault)));
      await new Promise(setImmediate);
      const next = store.events.append(opening(2));
      const killed = threads.at(-1)?.terminate();
      await rejected;
      expect(writer.isInThread()).toBe(false);
      other.exec('commit');
      expect(await next).toEqual({ kind: 'appended', version: 1, position: 1 });
      expect(await store.events.append(opening(1))).toEqual({ kind: 'appended', version: 1, position: 2 });
      await killed;
      await expect.poll(() => writer.isInThread()).toBe(true);
      expect(await store.events.append(opening(1))).toEqual({ kind: 'appended', version: 1, position: 2 });
    });
  });
});
