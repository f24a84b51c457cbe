import { performance } from 'node:perf_hooks';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { ReservationError } from '../../../errors.ts';
import type { KeyChange } from '../../../ports/inline-writes.ts';
import type { AppendResult } from '../../../ports/event-store.ts';
import { exampleAppend, exampleEvent, exampleId, NOTHING_ALONGSIDE } from '../../../testing/builders.ts';
import { encodeAppend } from '../../sql/encoded-append.ts';
import { type AppendOutcome, createGroupCommit, GROUP_APPENDS_MAX, GROUP_LENGTH_MAX } from './group-commit.ts';

const WAIT_MAX_MS = 60_000;

interface Fixture {
  /** The streams of each group, by their numbers. */
  readonly groups: (readonly number[])[];
  submit(n: number, key?: string): Promise<AppendResult>;
  /** Lets the commit under way, and all further ones, end. */
  release(): void;
}

/** Commits that end when they are told to, and may judge an append otherwise than as appended. */
function fixture(judge: (n: number, group: readonly number[]) => AppendOutcome = appended): Fixture {
  const groups: (readonly number[])[] = [];
  const released = Promise.withResolvers<void>();
  const group = createGroupCommit(async (appends) => {
    const streams = appends.map((append) => Number.parseInt(append.stream.slice(-12), 16));
    groups.push(streams);
    await released.promise;
    return streams.map((n) => judge(n, streams));
  }, WAIT_MAX_MS);
  return {
    groups,
    submit(n, key) {
      const change: KeyChange =
        key === undefined ? { kind: 'keep' } : { kind: 'claim', scope: 'caller', key, fingerprint: 'body' };
      const append = encodeAppend(exampleAppend(exampleId(n), { inlineWrites: { ...NOTHING_ALONGSIDE, key: change } }));
      return group.submit(append);
    },
    release: released.resolve,
  };
}

function appended(n: number): AppendOutcome {
  return { kind: 'appended', version: 1, position: n };
}

const oneTo = (n: number): readonly number[] => Array.from({ length: n }, (_, index) => index + 1);
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('group commit', () => {
  test('commits a lone append at the end of the turn, without waiting for another', async () => {
    const { groups, submit, release } = fixture();
    const append = submit(1);
    await turn();
    expect(groups).toEqual([[1]]);
    release();
    expect(await append).toEqual(appended(1));
  });

  test('commits together what arrives while a commit is under way, each with its own outcome', async () => {
    const { groups, submit, release } = fixture((n) => (n === 3 ? new Error('only this') : appended(n)));
    const first = submit(1);
    await turn();
    const others = [2, 3, 4].map((n) => submit(n));
    await turn();
    expect(groups).toEqual([[1]]);
    release();
    expect(await Promise.allSettled([first, ...others])).toEqual([
      { status: 'fulfilled', value: appended(1) },
      { status: 'fulfilled', value: appended(2) },
      { status: 'rejected', reason: new Error('only this') },
      { status: 'fulfilled', value: appended(4) },
    ]);
    expect(groups).toEqual([[1], [2, 3, 4]]);
  });

  test('keeps a group bounded', async () => {
    const { groups, submit, release } = fixture();
    release();
    await Promise.all(oneTo(2 * GROUP_APPENDS_MAX + 1).map((n) => submit(n)));
    expect(groups.map(({ length }) => length)).toEqual([GROUP_APPENDS_MAX, GROUP_APPENDS_MAX, 1]);
  });

  test('lets no append join a group that is long already', async () => {
    const groups: number[] = [];
    const group = createGroupCommit(async (appends) => {
      groups.push(appends.length);
      return appends.map((_, index) => appended(index) as AppendResult);
    }, WAIT_MAX_MS);
    const data = { text: 'x'.repeat(GROUP_LENGTH_MAX / 2) };
    const appends = oneTo(5).map((n) =>
      encodeAppend(exampleAppend(exampleId(n), { events: [exampleEvent(n, { data })] })),
    );
    await Promise.all(appends.map((append) => group.submit(append)));
    expect(groups).toEqual([2, 2, 1]);
  });

  test('keeps the order of a stream and of a key, and lets all others pass', async () => {
    const { groups, submit, release } = fixture();
    release();
    await Promise.all([submit(1, 'a'), submit(1), submit(2, 'a'), submit(2), submit(3, 'b'), submit(1), submit(4)]);
    expect(groups).toEqual([
      [1, 3, 4],
      [1, 2],
      [2, 1],
    ]);
  });

  test('lets only the poisonous append of a group fail', async () => {
    const { groups, submit, release } = fixture((_, group) => {
      if (group.includes(2)) throw new Error('poison');
      return appended(1);
    });
    release();
    const outcomes = await Promise.allSettled([1, 2, 3].map((n) => submit(n)));
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(groups).toEqual([[1, 2, 3], [1], [2], [3]]);
  });

  test('fails the whole group, and repeats nothing, when it is not known whether it was committed', async () => {
    const fault = new ReservationError('STORE_UNAVAILABLE', 'the connection was lost');
    const { groups, submit, release } = fixture((n) => {
      if (n < 3) throw fault;
      return appended(n);
    });
    release();
    const outcomes = await Promise.allSettled([1, 2].map((n) => submit(n)));
    expect(outcomes).toEqual([1, 2].map(() => ({ status: 'rejected', reason: fault })));
    expect(await submit(3)).toEqual(appended(3));
    expect(groups).toEqual([[1, 2], [3]]);
  });

  test('sends nothing that waited for too long', async () => {
    let now = 0;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now);
    onTestFinished(() => clock.mockRestore());
    const released = Promise.withResolvers<void>();
    const sent: string[] = [];
    const group = createGroupCommit(async (appends) => {
      sent.push(...appends.map(({ stream }) => stream));
      await released.promise;
      return appends.map(() => appended(1) as AppendResult);
    }, 20);
    const first = group.submit(encodeAppend(exampleAppend(exampleId(1))));
    await turn();
    const late = group.submit(encodeAppend(exampleAppend(exampleId(2))));
    now = 21;
    released.resolve();
    expect(await first).toEqual(appended(1));
    await expect(late).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: 'PostgreSQL cannot be used now: an append waited for more than 20 ms',
    });
    expect(sent).toEqual([exampleId(1)]);
  });
});
