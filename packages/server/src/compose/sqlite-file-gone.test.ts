import { rename } from 'node:fs/promises';
import { expect, test, vi } from 'vitest';
import { reserve, serve, temporaryFile } from '../cli/cli-fixture.ts';

/** Readiness is asked for a while: its last answer counts for a second. */
const READINESS_WITHIN_MS = 10_000;

test('a server whose database file is taken away is not ready, acknowledges nothing, and is ready when it is back', async () => {
  const path = await temporaryFile('reservations.db');
  const server = await serve('--sandbox', '--db', path);
  const readiness = async (): Promise<number> => (await fetch(`${server.url}/health/ready`)).status;
  expect([await readiness(), (await reserve(server.url, 'user_123')).status]).toEqual([200, 200]);

  await rename(path, `${path}-away`);
  await vi.waitFor(async () => expect(await readiness()).toBe(503), READINESS_WITHIN_MS);
  expect((await reserve(server.url, 'user_124')).status).toBe(503);
  expect((await fetch(`${server.url}/health/live`)).status).toBe(200);

  await rename(`${path}-away`, path);
  await vi.waitFor(async () => expect(await readiness()).toBe(200), READINESS_WITHIN_MS);
  expect((await reserve(server.url, 'user_125')).status).toBe(200);
});
