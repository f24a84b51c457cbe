import { afterAll, beforeAll, expect, test } from 'vitest';
import { snippetsOf } from './snippets.ts';
import { copyWorkspace, type WorkspaceCopy } from './workspace-copy.ts';

const diffs = snippetsOf('docs/ARCHITECTURE.md').filter(({ language }) => language === 'diff');

/** The compiler reads all packages, and shares the machine with other tests. */
const COMPILE_TIMEOUT_MS = 180_000;

/** Makes a reservation in each store and tells what becomes of the new field. */
const PROGRAM = `
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DatabaseSync } from 'node:sqlite';
import { createReservations, type ReservationStore } from '@reservations/core';
import { createMemoryStore } from '@reservations/core/memory';
import { repairView } from '@reservations/core/operations';
import { openSqliteStore } from '@reservations/core/sqlite';
import { createScriptedGateway } from '@reservations/core/testing';
import { createHandler } from '@reservations/server';

const path = 'example.db';

async function show(store: ReservationStore, id: string, what: string): Promise<void> {
  const reservations = createReservations({ store, gateway: createScriptedGateway() });
  const found = await reservations.get(id);
  const { reservations: [listed] } = await reservations.list();
  const server = createServer(createHandler({ reservations, store, auth: 'none' })).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const wire = (await (await fetch(\`http://127.0.0.1:\${port}/reservations/\${id}\`)).json()) as { settled_at: string | null };
  server.close();
  server.closeAllConnections();
  await reservations.stop();
  const isRight = (value: string | null | undefined): unknown => (value === found?.updatedAt ? 'set' : value);
  console.log(what, isRight(found?.settledAt), isRight(listed?.settledAt), isRight(wire.settled_at));
}

async function create(store: ReservationStore): Promise<string> {
  const reservations = createReservations({ store, gateway: createScriptedGateway() });
  const result = await reservations.create({ userId: 'ada', amount: '12.50', currency: 'EUR' });
  await reservations.stop();
  if (result.kind !== 'reservation') throw new Error(result.kind);
  return result.reservation.reservationId;
}

const memory = createMemoryStore();
await show(memory, await create(memory), 'memory:');

const sqlite = await openSqliteStore({ path });
const id = await create(sqlite);
await show(sqlite, id, 'sqlite:');
await sqlite.close();

const database = new DatabaseSync(path);
database.exec("update reservations set summary = json_remove(summary, '$.settledAt')");
database.close();

const reopened = await openSqliteStore({ path });
await show(reopened, id, 'row of an earlier release:');
await repairView(reopened);
await show(reopened, id, 'after the repair of the view:');
await reopened.close();
`;

let workspace: WorkspaceCopy;

beforeAll(async () => {
  workspace = await copyWorkspace();
  for (const { text } of diffs) await workspace.apply(text);
  await workspace.write('packages/server/test/view-field.ts', PROGRAM);
});

afterAll(() => workspace.remove());

test('the example of a new field is one change in the domain and one on the wire', () => {
  const changed = diffs.flatMap(({ text }) => [...text.matchAll(/^\+\+\+ b\/(.+)$/gm)].map(([, path]) => path));
  expect(changed).toEqual(['packages/core/src/domain/reservation/summary.ts', expect.stringContaining('wire')]);
});

test(
  'with it the workspace compiles',
  async () => {
    expect(await workspace.typecheck()).toEqual([]);
  },
  COMPILE_TIMEOUT_MS,
);

test('and the field comes back from the stores and over HTTP, also for rows that were written without it', async () => {
  expect((await workspace.run('packages/server/test/view-field.ts')).split('\n')).toEqual([
    'memory: set set set',
    'sqlite: set set set',
    'row of an earlier release: null null null',
    'after the repair of the view: set set set',
    '',
  ]);
});
