import { createDatabase } from '@reservations/test-postgres';
import { expect, inject, onTestFinished, test, vi } from 'vitest';
import { reserve, runHere, serve } from '../cli/cli-fixture.ts';

/** Status and body of an answer. */
async function read(response: Response): Promise<readonly [number, Record<string, unknown>]> {
  return [response.status, (await response.json()) as Record<string, unknown>];
}

test('two servers on one PostgreSQL database are one service, and tools see what they did', async () => {
  const database = await createDatabase(inject('postgresUrl'));
  onTestFinished(() => database.drop());
  const args = ['--db', database.url, '--sandbox'];
  const [one, other] = await Promise.all([serve(...args), serve(...args)]);
  const { host, pathname, password } = new URL(database.url);
  await vi.waitFor(() => expect(one.err()).toContain(`  database  postgres://postgres@${host}${pathname}\n`));
  expect(one.out() + one.err()).not.toContain(password);

  const key = { 'Idempotency-Key': 'key' };
  const [status, created] = await read(await reserve(one.url, 'ada', key));
  expect([status, created['status']]).toEqual([200, 'RESERVATION_CONFIRMED']);
  expect(await read(await reserve(other.url, 'ada', key))).toEqual([200, created]);
  expect(await read(await fetch(`${other.url}/reservations/${String(created['reservation_id'])}`))).toEqual([
    200,
    created,
  ]);

  const { code, out } = await runHere(['verify', '--db', database.url]);
  expect([code, out]).toEqual([0, expect.stringContaining('2 events of 1 reservation')]);
  for (const server of [one, other]) {
    server.kill('SIGTERM');
    expect(await server.ended).toBe(0);
  }
});
