import { expect, test } from 'vitest';
import { createFailureBrake } from './failure-brake.ts';

/** A brake whose pauses are recorded and end at once, or when the test ends them. */
function fixture(pause: () => Promise<unknown> = () => Promise.resolve()) {
  const clock = { ms: 0 };
  const pauses: number[] = [];
  const brake = createFailureBrake({
    monotonicMs: () => clock.ms,
    sleep: (ms) => {
      pauses.push(ms);
      return pause();
    },
  });
  return { clock, pauses, brake };
}

async function repeat(times: number, work: (n: number) => Promise<void>): Promise<void> {
  for (let n = 0; n < times; n += 1) await work(n);
}

test('the first failures are answered at once, later ones ever later up to a second', async () => {
  const { brake, pauses } = fixture();
  await repeat(5, () => brake('192.0.2.1'));
  expect(pauses).toEqual([]);
  await repeat(8, () => brake('192.0.2.1'));
  expect(pauses).toEqual([50, 100, 200, 400, 800, 1_000, 1_000, 1_000]);
});

test('an address that has not failed for a minute begins anew', async () => {
  const { brake, pauses, clock } = fixture();
  await repeat(6, () => brake('192.0.2.1'));
  clock.ms += 60_000;
  await repeat(5, () => brake('192.0.2.1'));
  expect(pauses).toEqual([50]);
});

test('addresses are apart, those of one /64 are not', async () => {
  const { brake, pauses } = fixture();
  await repeat(20, (n) => brake(`192.0.2.${n}`));
  await repeat(20, (n) => brake(`::ffff:192.0.2.${n + 100}`));
  expect(pauses).toEqual([]);
  await repeat(6, (n) => brake(`2001:db8::${n}`));
  expect(pauses).toEqual([50]);
});

test('many addresses, and many that wait, cost bounded memory', async () => {
  const { brake, pauses } = fixture(() => new Promise(() => undefined));
  await repeat(5, () => brake('192.0.2.1'));
  for (let n = 0; n < 600; n += 1) void brake('192.0.2.1');
  expect(pauses).toHaveLength(500);
  const { brake: other, pauses: none } = fixture();
  await repeat(5, () => other('192.0.2.1'));
  await repeat(10_000, (n) => other(`10.0.${n >> 8}.${n & 255}`));
  await other('192.0.2.1');
  expect(none, 'the address that failed longest ago is forgotten').toEqual([]);
});
