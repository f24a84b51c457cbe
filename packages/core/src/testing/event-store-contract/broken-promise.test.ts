import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { createMemoryStore } from '../../adapters/memory/index.ts';
import { ReservationError } from '../../errors.ts';
import type { AppendRequest, AppendResult, EventStore } from '../../ports/event-store.ts';
import type { ReservationStore } from '../../ports/reservation-store.ts';
import type { StoreHarness } from './case.ts';
import { reservationStoreContract } from './contract.ts';

const here = fileURLToPath(import.meta.url);

/** What the case of this title says of the stores that `open` makes; null when it finds nothing. */
async function verdict(
  title: string,
  open: () => ReservationStore,
  more: Partial<StoreHarness> = {},
): Promise<Error | null> {
  const contractCase = reservationStoreContract.find((candidate) => candidate.title === title);
  if (contractCase === undefined) throw new Error(`there is no case ${title}`);
  const harness: StoreHarness = { open: async () => open(), reopen: null, openBeside: null, ...more };
  return await contractCase.run(harness).then(
    () => null,
    (error: unknown) => error as Error,
  );
}

/** A memory store whose log is changed. */
function withEvents(change: (events: EventStore) => Partial<EventStore>): ReservationStore {
  const store = createMemoryStore();
  return { ...store, events: { ...store.events, ...change(store.events) } };
}

function linesOf(error: Error | null): readonly string[] {
  return (error?.message ?? 'nothing is wrong')
    .replaceAll(/0{4}-7000-8000-0+/g, '…')
    .replaceAll('RES-019b…', 'RES-')
    .split('\n');
}

/** The first place that a stack names. */
function firstFrame(error: Error | null): string | undefined {
  return error?.stack?.split('\n').find((line) => /^\s+at /.test(line));
}

describe('a case that fails', () => {
  test('says what was accepted and what was expected, the calls before and where the promise stands', async () => {
    const error = await verdict('a version that the stream has not reached conflicts, with nothing missed', () =>
      withEvents(({ append }) => ({
        append: async (request) => {
          const result = await append(request);
          return result.kind === 'conflict' ? await append({ ...request, expected: result.actual }) : result;
        },
      })),
    );
    const lines = linesOf(error);
    expect(lines.slice(0, 5)).toEqual([
      'The store breaks a promise: a version that the stream has not reached conflicts, with nothing missed.',
      'expected  not accepted, conflict: the stream is at version 1, missed events: 0',
      'found     accepted: the last event has version 2, position 2',
      'the first difference: at .kind: expected "conflict", found "appended"',
      'Its last calls were',
    ]);
    expect(lines.slice(-2)).toEqual([
      expect.stringMatching(
        /^ {2}events\.append\(stream RES-\S+, expected 2, events: 1, command \S+\) → accepted: the last event has version 2, position 2$/,
      ),
      'The promise: EventStore.append in the types of @reservations/core, and docs/writing-an-event-store.md, "What an append does".',
    ]);
  });

  test('has a stack that begins in the tests of the adapter', async () => {
    const error = await verdict('the first event of a store has version 1 and position 1', () =>
      withEvents(() => ({ append: async () => ({ kind: 'lease-lost' }) })),
    );
    expect(firstFrame(error)).toContain(here);
    expect(error?.message).toContain(
      'expected  accepted: the last event has version 1, position 1\nfound     not accepted, lease-lost',
    );
  });

  test('has the stack of the store for what the store throws', async () => {
    function readBadly(): never {
      throw new TypeError('rows is undefined');
    }
    const error = await verdict('the first event of a store has version 1 and position 1', () =>
      withEvents(() => ({ readAll: async () => readBadly() })),
    );
    expect(linesOf(error).slice(0, 2)).toEqual([
      'The store breaks a promise: the first event of a store has version 1 and position 1.',
      'the store threw TypeError: rows is undefined',
    ]);
    expect(firstFrame(error)).toContain(`readBadly (${here}`);
    expect(error?.cause).toBeInstanceOf(TypeError);
  });

  test('says that something was carried out which should have been refused', async () => {
    const error = await verdict('a range that cannot be is refused', () =>
      withEvents(() => ({ readAll: async () => [] })),
    );
    expect(linesOf(error).slice(1, 5)).toEqual([
      'expected  that it is refused with an error',
      'found     that it was carried out: see the last call',
      'Its last calls were',
      '  events.readAll({"after":-1,"limit":1}) → []',
    ]);
  });

  test('says that another error was thrown than expected', async () => {
    const error = await verdict('a closed store refuses everything', () => {
      const store = createMemoryStore();
      const onCommit = (): never => {
        throw new ReservationError('STORE_UNAVAILABLE', 'busy');
      };
      return { ...store, events: { ...store.events, onCommit } };
    });
    expect(linesOf(error).slice(1, 3).join('\n')).toContain('ReservationError STORE_UNAVAILABLE: busy');
  });

  test('shows every call after which something does not hold', async () => {
    const error = await verdict('a closed store refuses everything', () => {
      const store = createMemoryStore();
      return { ...store, close: async () => undefined };
    });
    expect(linesOf(error)[1]).toBe('a check of the case does not hold: see the last calls');
    expect(linesOf(error)).toContainEqual(expect.stringMatching(/^ {2}work\.gauge\(.*\) → \{"open":/));
  });
});

test('a store made of classes, with private members, is tested as any other', async () => {
  class Log {
    readonly #store: ReservationStore;
    constructor(store: ReservationStore) {
      this.#store = store;
    }
    append(request: AppendRequest): Promise<AppendResult> {
      return this.#store.events.append(request);
    }
    readStream(...range: Parameters<EventStore['readStream']>): ReturnType<EventStore['readStream']> {
      return this.#store.events.readStream(...range);
    }
    readAll(...range: Parameters<EventStore['readAll']>): ReturnType<EventStore['readAll']> {
      return this.#store.events.readAll(...range);
    }
    lastPosition(): Promise<number> {
      return this.#store.events.lastPosition();
    }
    onCommit(listener: () => void): () => void {
      return this.#store.events.onCommit(listener);
    }
  }
  function open(): ReservationStore {
    const store = createMemoryStore();
    return { ...store, events: new Log(store) };
  }
  for (const { title, needs } of reservationStoreContract) {
    if (needs === 'nothing') expect([title, await verdict(title, open)]).toEqual([title, null]);
  }
});

test('a harness gets back its own stores', async () => {
  const opened: ReservationStore[] = [];
  const given: ReservationStore[] = [];
  const again = async (store: ReservationStore): Promise<ReservationStore> => {
    given.push(store);
    return createMemoryStore();
  };
  const open = (): ReservationStore => {
    const store = createMemoryStore();
    opened.push(store);
    return store;
  };
  const title = 'appends that were under way when the store was closed are there when it is opened again';
  const error = await verdict(title, open, { reopen: again });
  expect(linesOf(error).slice(1, 4)).toEqual([
    'the check that failed: the log has all 20 events for which close() waited',
    'expected  20',
    'found     0',
  ]);
  expect(given[0]).toBe(opened[0]);
});
