import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, onTestFinished, test } from 'vitest';
import { openPostgresStore } from '../../adapters/postgres/index.ts';
import { startTestProxy } from '../../adapters/postgres/test-proxy.ts';
import { createTestSchemas, type TestSchemas } from '../../adapters/postgres/test-support.ts';
import { openSqliteStore } from '../../adapters/sqlite/index.ts';
import { createTestDirectories } from '../../adapters/sqlite/test-support.ts';
import { contentsOfDatabase, contentsOfFile, createSourceFile, movedContents, runMove } from './move-fixture.ts';
import type { MoveResult } from './move-store.ts';
import type { MoveEnds } from './verify-move.ts';

const directories = createTestDirectories();
afterEach(() => directories.remove());
let schemas: TestSchemas;
beforeAll(async () => {
  schemas = await createTestSchemas(inject('postgresUrl'));
});
afterAll(() => schemas.database.drop());

let path: string;
beforeEach(async () => {
  path = await directories.newPath();
  await createSourceFile(path);
});

/** Whether a server could start on either side; it would change nothing that a move brings over. */
async function servable(url: string): Promise<{ readonly source: boolean; readonly target: boolean }> {
  const canOpen = async (opening: Promise<{ close(): Promise<void> }>): Promise<boolean> => {
    const store = await opening.catch(() => null);
    await store?.close();
    return store !== null;
  };
  return {
    source: await canOpen(openSqliteStore({ path })),
    target: await canOpen(openPostgresStore({ connectionString: url })),
  };
}

const WRITES = [
  'begin',
  'forgetAllButTheLog',
  'importEvents',
  'importSummaries',
  'importKeys',
  'importWork',
  'importCheckpoints',
  'finish',
] as const;

/** Ends which let a move die at its n-th write, before it takes place or after; `writes` counts them. */
function dyingAt(
  n: number,
  when: 'before' | 'after',
): { wrap(ends: MoveEnds): MoveEnds; readonly writes: () => number } {
  let count = 0;
  function dying<Arguments extends readonly unknown[]>(
    write: (...args: Arguments) => Promise<void>,
  ): (...args: Arguments) => Promise<void> {
    return async (...args) => {
      count += 1;
      const dies = count === n;
      if (dies && when === 'before') throw new Error('died');
      await write(...args);
      if (dies) throw new Error('died');
    };
  }
  return {
    writes: () => count,
    wrap: ({ source, target }) => ({
      source: { ...source, markMoved: dying(source.markMoved) },
      target: {
        ...target,
        ...Object.fromEntries(WRITES.map((name) => [name, dying(target[name] as () => Promise<void>)])),
      },
    }),
  };
}

describe('a move that dies', () => {
  test.each(['before', 'after'] as const)(
    '%s any of its writes is finished by the next run, and never can both ends be served',
    { timeout: 120_000 },
    async (when) => {
      const before = contentsOfFile(path);
      const whole = dyingAt(0, when);
      const moved = await runMove({ path, url: await schemas.newSchema() }, whole);
      expect(whole.writes()).toBe(15);
      for (let n = 1; n <= whole.writes(); n += 1) {
        path = await directories.newPath();
        await createSourceFile(path);
        const url = await schemas.newSchema();
        await expect(runMove({ path, url }, dyingAt(n, when))).rejects.toThrow('died');
        const { source, target } = await servable(url);
        const isMarked = n > 14 || (n === 14 && when === 'after');
        const isFinished = n === 15 && when === 'after';
        // Without a beginning the target is an empty database of its own.
        const isEmpty = n === 1 && when === 'before';
        expect([n, source, target]).toEqual([n, !isMarked, isFinished || isEmpty]);
        expect(await runMove({ path, url })).toEqual(isFinished ? { kind: 'moved-before' } : moved);
        expect(await contentsOfDatabase(url)).toEqual(movedContents(before));
        expect(await servable(url)).toEqual({ source: false, target: true });
      }
    },
  );

  test('by kill -9 at random moments is finished by the next runs, row for row', { timeout: 120_000 }, async () => {
    const random = createRandom(SEED);
    const url = await schemas.newSchema();
    const before = contentsOfFile(path);
    for (let kills = 0; kills < KILLS; kills += 1) {
      if ((await killAt(url, 1 + random(LINES))) !== null) break;
    }
    const result = await killAt(url, Number.POSITIVE_INFINITY);
    expect(['moved', 'moved-before']).toContain(result?.kind);
    expect(await contentsOfDatabase(url)).toEqual(movedContents(before));
    expect(await servable(url)).toEqual({ source: false, target: true });
  });

  /** Runs a move in a process that is killed as soon as it says its n-th line; its result when it was faster. */
  async function killAt(url: string, n: number): Promise<MoveResult | null> {
    const script = fileURLToPath(new URL('test-move-child.ts', import.meta.url));
    const child: ChildProcessByStdio<null, Readable, null> = spawn(
      process.execPath,
      ['--conditions=@reservations/source', script, path, url],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const exited = once(child, 'exit');
    let lines = 0;
    let last = 'null';
    for await (const line of createInterface({ input: child.stdout })) {
      lines += 1;
      last = line;
      if (lines === n) child.kill('SIGKILL');
    }
    await exited;
    const result = JSON.parse(last) as { readonly kind?: unknown };
    return 'kind' in result ? (result as MoveResult) : null;
  }
});

/** Another one draws other lines. */
const SEED = Number(process.env['SEED'] ?? 20_261_122);

const KILLS = 6;

/** What a move of the fixture says from its beginning to its end. */
const LINES = 19;

/** Numbers below a bound, the same for the same seed. */
function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

describe('a connection that is lost', () => {
  test('is a fault wherever it happens, and the next run finishes the move', { timeout: 120_000 }, async () => {
    const before = contentsOfFile(path);
    const url = await schemas.newSchema();
    let cuts = 0;
    for (let result: MoveResult | null = null; result === null; cuts += 1) {
      const proxy = await startTestProxy(url);
      onTestFinished(() => proxy.stop());
      let left = cuts * CUT_STEP;
      // Of every few statements one is cut before it, the next one after it.
      const plan = cuts % 2 === 0 ? proxy.cutBefore : proxy.loseAnswerTo;
      plan(({ type }) => (type === 'S' || type === 'Q') && (left -= 1) < 0);
      result = await runMove({ path, url: proxy.url }).catch((error: unknown) => {
        expect(error).toMatchObject({ code: 'STORE_UNAVAILABLE' });
        return null;
      });
    }
    expect(cuts).toBeGreaterThan(8);
    expect(await contentsOfDatabase(url)).toEqual(movedContents(before));
    expect(await servable(url)).toEqual({ source: false, target: true });
  });

  test('with the answer to the last commit is known by the next run', async () => {
    const url = await schemas.newSchema();
    const proxy = await startTestProxy(url);
    onTestFinished(() => proxy.stop());
    const moving = runMove(
      { path, url: proxy.url },
      {
        wrap: ({ source, target }) => ({
          source,
          target: {
            ...target,
            finish(at) {
              proxy.loseAnswerTo(({ type, body }) => type === 'Q' && body.startsWith('commit'));
              return target.finish(at);
            },
          },
        }),
      },
    );
    await expect(moving).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(await runMove({ path, url })).toEqual({ kind: 'moved-before' });
    expect(await servable(url)).toEqual({ source: false, target: true });
  });
});

const CUT_STEP = 5;
