import { expect, test } from 'vitest';
import type { Refusal } from '../../observe/requests.ts';
import { type CredentialCheck, watchCredential } from './credential-watch.ts';

/** Watches a credential whose checks say what the test wants; resolves with its pauses, and why it ended. */
async function watch(
  firstMs: number | null,
  checks: readonly (CredentialCheck | null)[],
): Promise<{ readonly pauses: readonly number[]; readonly refusals: readonly Refusal[] }> {
  const over = new AbortController();
  const pauses: number[] = [];
  const refusals: Refusal[] = [];
  const left = [...checks];
  await new Promise<void>((resolve) => {
    watchCredential(
      {
        validForMs: firstMs,
        check() {
          const found = left.shift() ?? null;
          if (left.length === 0) setImmediate(resolve);
          return Promise.resolve(found);
        },
      },
      over.signal,
      (refusal) => void refusals.push(refusal),
      async (ms, signal) => {
        signal.throwIfAborted();
        if (left.length === 0) over.abort();
        else pauses.push(ms);
      },
    );
  });
  return { pauses, refusals };
}

const holds = (validForMs: number | null): CredentialCheck => ({ isValid: true, validForMs });
const revoked: CredentialCheck = { isValid: false, refusal: 'revoked' };

test('a credential is checked when the last answer has run out, and after five seconds at the latest', async () => {
  const { pauses } = await watch(1_200.4, [
    holds(4_999),
    holds(60_000),
    holds(null),
    holds(Number.NaN),
    holds(-1),
    null,
  ]);
  expect(pauses).toEqual([1_201, 4_999, 5_000, 5_000, 5_000, 20]);
});

test('one that is worth nothing any more is told once, and not checked again', async () => {
  expect(await watch(null, [holds(1_000), revoked])).toEqual({ pauses: [5_000, 1_000], refusals: ['revoked'] });
});

test('one that cannot be checked goes on, and is checked again', async () => {
  expect(await watch(100, [null, null, revoked])).toEqual({ pauses: [100, 5_000, 5_000], refusals: ['revoked'] });
});

test('nothing is told of a stream that ended while its credential was checked', async () => {
  const over = new AbortController();
  const { promise: checking, resolve: begin } = Promise.withResolvers<void>();
  const { promise: found, resolve: answer } = Promise.withResolvers<CredentialCheck>();
  const refusals: Refusal[] = [];
  watchCredential(
    { validForMs: null, check: () => (begin(), found) },
    over.signal,
    (refusal) => void refusals.push(refusal),
    () => Promise.resolve(),
  );
  await checking;
  over.abort();
  answer(revoked);
  await new Promise((resolve) => setImmediate(resolve));
  expect(refusals).toEqual([]);
});
