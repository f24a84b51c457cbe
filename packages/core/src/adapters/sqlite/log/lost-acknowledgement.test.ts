import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createEngine } from '../../../application/engine.ts';
import { verifyStore } from '../../../application/operations/verify-store.ts';
import { createManualRuntime } from '../../../testing/manual-runtime.ts';
import { createScriptedGateway } from '../../../testing/scripted-gateway.ts';
import { setDurable } from '../open/durability.ts';
import { migrate } from '../schema/migrate.ts';
import { createStoreOn } from '../test-support.ts';
import { SQLITE_MIGRATIONS } from '../schema/steps.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lost-acknowledgement-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** Fails the n-th call of the driver, either instead of what it does or after it was done. */
interface Fault {
  atStep: number;
  readonly when: 'before' | 'after';
  steps: number;
}

/** The connection as better-sqlite3 gives it, with one call that fails. */
function faulty(database: Database.Database, fault: Fault): Database.Database {
  function call<Result>(work: () => Result): Result {
    fault.steps += 1;
    const fails = fault.steps === fault.atStep;
    if (fails && fault.when === 'before') throw ioError();
    const result = work();
    if (fails) throw ioError();
    return result;
  }
  return new Proxy(database, {
    get(target, name) {
      if (name !== 'prepare') return valueOf(target, name);
      return (sql: string) => {
        const statement = target.prepare(sql);
        return new Proxy(statement, {
          get(inner, method) {
            const value = valueOf(inner, method);
            const executes = method === 'run' || method === 'get' || method === 'all';
            if (!executes || typeof value !== 'function') return value;
            return (...values: unknown[]) => call(() => (value as (...each: unknown[]) => unknown)(...values));
          },
        });
      };
    },
  });
}

function valueOf(target: object, name: string | symbol): unknown {
  const value: unknown = Reflect.get(target, name, target);
  return typeof value === 'function' ? (value.bind(target) as unknown) : value;
}

function ioError(): Error {
  return new Database.SqliteError('disk I/O error', 'SQLITE_IOERR');
}

/** Makes a reservation with that one fault; returns how often the driver was called for it. */
async function reserveWith(fault: Fault): Promise<number> {
  const database = new Database(join(folder, `${fault.atStep}-${fault.when}.db`));
  setDurable(database);
  migrate(database, SQLITE_MIGRATIONS);
  const store = createStoreOn(faulty(database, fault));
  const runtime = createManualRuntime();
  const gateway = createScriptedGateway();
  const engine = createEngine({ store, gateway, runtime });
  const creating = engine.create({ userId: 'u1', amount: '10.50', currency: 'EUR' }, { idempotencyKey: 'key' });
  await runtime.advance(1_000);
  expect(await creating).toMatchObject({ kind: 'reservation', reservation: { stage: 'confirmed', version: 2 } });
  const { steps } = fault;
  fault.atStep = 0;
  expect(gateway.charges).toHaveLength(1);
  expect(await verifyStore(store)).toEqual({ events: 2, streams: 1, open: 0, newer: 0, faults: [] });
  await store.close();
  return steps;
}

test.each(['before', 'after'] as const)(
  'a driver that fails once, %s whatever step, makes no reservation count twice or get lost',
  async (when) => {
    const stepsInAll = await reserveWith({ atStep: -1, when, steps: 0 });
    expect(stepsInAll).toBeGreaterThan(10);
    for (let atStep = 1; atStep <= stepsInAll; atStep += 1) {
      expect(await reserveWith({ atStep, when, steps: 0 })).toBeGreaterThan(stepsInAll);
    }
  },
);
