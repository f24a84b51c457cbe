import { describe, expect, test } from 'vitest';
import { ReservationError } from '../../errors.ts';
import { BATCH_QUESTIONS_MAX, BATCH_STATEMENTS_MAX, createBatch } from './batch.ts';

const WAIT_MAX_MS = 60_000;

interface Fixture {
  /** The questions of each statement. */
  readonly statements: (readonly number[])[];
  ask(question: number): Promise<string>;
  /** Lets the statements under way, and all further ones, end. */
  release(): void;
}

/** Statements that end when they are told to, after `check` had its say. */
function fixture(
  check: (questions: readonly number[]) => void = () => undefined,
  waitMaxMs: number = WAIT_MAX_MS,
): Fixture {
  const statements: (readonly number[])[] = [];
  const released = Promise.withResolvers<void>();
  const ask = createBatch(async (questions: readonly number[]) => {
    statements.push(questions);
    await released.promise;
    check(questions);
    return questions.map((question) => `answer ${question}`);
  }, waitMaxMs);
  return { statements, ask, release: () => released.resolve() };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const upTo = (n: number): readonly number[] => Array.from({ length: n }, (_, index) => index);

describe('questions that are asked together', () => {
  test('travel in one statement, each with its own answer', async () => {
    const { statements, ask, release } = fixture();
    const answers = Promise.all([3, 1, 2].map((question) => ask(question)));
    release();
    expect(await answers).toEqual(['answer 3', 'answer 1', 'answer 2']);
    expect(statements).toEqual([[3, 1, 2]]);
  });

  test('travel in several when they are too many for one', async () => {
    const { statements, ask, release } = fixture();
    const answers = Promise.all(upTo(BATCH_QUESTIONS_MAX + 1).map((question) => ask(question)));
    release();
    expect(await answers).toHaveLength(BATCH_QUESTIONS_MAX + 1);
    expect(statements.map(({ length }) => length)).toEqual([BATCH_QUESTIONS_MAX, 1]);
  });

  test('wait when enough statements are under way, and then travel together', async () => {
    const { statements, ask, release } = fixture();
    const first: Promise<string>[] = [];
    for (const question of upTo(BATCH_STATEMENTS_MAX)) {
      first.push(ask(question));
      await turn();
    }
    const late = [ask(100), ask(101)];
    await turn();
    expect(statements).toEqual(upTo(BATCH_STATEMENTS_MAX).map((question) => [question]));
    release();
    expect(await Promise.all(late)).toEqual(['answer 100', 'answer 101']);
    await Promise.all(first);
    expect(statements.slice(BATCH_STATEMENTS_MAX)).toEqual([[100, 101]]);
  });
});

describe('a question that cannot be answered', () => {
  test('fails alone', async () => {
    const { ask, release } = fixture((questions) => {
      if (questions.includes(2)) throw new Error('two is no question');
    });
    release();
    expect(await Promise.allSettled([1, 2, 3].map((question) => ask(question)))).toEqual([
      { status: 'fulfilled', value: 'answer 1' },
      { status: 'rejected', reason: new Error('two is no question') },
      { status: 'fulfilled', value: 'answer 3' },
    ]);
  });

  test('fails unsent when it waited too long for its turn', async () => {
    const { statements, ask, release } = fixture(() => undefined, -1);
    release();
    await expect(ask(1)).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: 'PostgreSQL cannot be used now: a read waited for more than -1 ms',
    });
    expect(statements).toEqual([]);
  });

  test('is not asked again by itself when the server cannot be reached', async () => {
    const unavailable = new ReservationError('STORE_UNAVAILABLE', 'gone');
    const { statements, ask, release } = fixture(() => {
      throw unavailable;
    });
    release();
    expect(await Promise.allSettled([1, 2].map((question) => ask(question)))).toEqual([
      { status: 'rejected', reason: unavailable },
      { status: 'rejected', reason: unavailable },
    ]);
    expect(statements).toEqual([[1, 2]]);
  });
});
