import { expect, test } from 'vitest';
import { createUnderWay } from './under-way.ts';

test('without work it is idle at once', async () => {
  await createUnderWay().idle();
});

test('every caller of idle goes on once all work has ended, also by a failure', async () => {
  const { during, idle } = createUnderWay();
  const [one, other] = [Promise.withResolvers<string>(), Promise.withResolvers<string>()];
  const works = [during(() => one.promise), during(() => other.promise)];
  const seen: string[] = [];
  const waiting = [1, 2].map(async (n) => {
    await idle();
    seen.push(`idle ${n}`);
  });
  one.resolve('done');
  expect(await works[0]).toBe('done');
  seen.push('one has ended');
  other.reject(new Error('no'));
  await expect(works[1]).rejects.toThrow('no');
  await Promise.all(waiting);
  expect(seen).toEqual(['one has ended', 'idle 1', 'idle 2']);
  await idle();
});
