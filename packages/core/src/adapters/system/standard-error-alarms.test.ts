import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { ReservationError } from '../../errors.ts';
import type { Observation } from '../../ports/observer.ts';
import { exampleId } from '../../testing/builders.ts';
import { ALARMS_WRITTEN_MAX, standardErrorAlarms } from './standard-error-alarms.ts';

const run = promisify(execFile);
const core = fileURLToPath(new URL('../../..', import.meta.url));

const HOW = '(written once, because no observer is attached: pass the option "observer" to handle alarms)\n';
const escalated: Observation = {
  kind: 'payment-escalated',
  reservationId: exampleId(1),
  reason: 'settlement-gave-up',
  detail: 'unknown, deadline-exceeded: 5 s',
};

/** What is written of these. */
function writtenOf(observations: readonly Observation[]): readonly string[] {
  const lines: string[] = [];
  const observer = standardErrorAlarms((line) => lines.push(line));
  for (const observation of observations) observer(observation);
  return lines;
}

describe('alarms without an observer', () => {
  test('are lines that say what it is about, what happened and what to do', () => {
    const damage = new ReservationError('STORE_CORRUPT', 'position 5 is another event than before');
    const misconfigured: Observation = {
      kind: 'payment-misconfigured',
      reservationId: exampleId(1),
      detail: 'UNAUTHENTICATED',
    };
    expect(
      writtenOf([
        escalated,
        { kind: 'contradiction', reservationId: exampleId(1), detail: 'stands: failed; claimed: approved' },
        misconfigured,
        { kind: 'subscription-stopped', subscription: 'mails', position: 7, detail: 'TypeError: no seat' },
        { kind: 'store-alarm', alarm: 'log-lost-its-end', raised: true, detail: 'position 7 is gone' },
        { kind: 'store-alarm', alarm: 'unsuitable-settings', raised: false, detail: 'fsync is on again' },
        { kind: 'feed-fault', subscription: 'mails', error: damage },
        { kind: 'settlement-fault', reservationId: exampleId(1), error: damage },
      ]),
    ).toEqual(
      [
        `ALARM payment-escalated ${exampleId(1)}: settlement-gave-up: unknown, deadline-exceeded: 5 s`,
        `ALARM contradiction ${exampleId(1)}: stands: failed; claimed: approved`,
        `ALARM payment-misconfigured: ${exampleId(1)}: UNAUTHENTICATED`,
        'ALARM subscription-stopped "mails" at 7: TypeError: no seat',
        'ALARM store-alarm log-lost-its-end: position 7 is gone',
        'ALARM feed-fault "mails": position 5 is another event than before',
        `ALARM settlement-fault ${exampleId(1)}: position 5 is another event than before`,
      ].map((text) => `@reservations/core: ${text} ${HOW}`),
    );
  });

  test('are written once for each subject', () => {
    const other: Observation = { ...escalated, reservationId: exampleId(2) };
    const stopped: Observation = { kind: 'subscription-stopped', subscription: 'mails', position: 7, detail: '' };
    const lines = writtenOf([escalated, escalated, other, stopped, stopped, { ...stopped, position: 8 }, escalated]);
    expect(lines.map((line) => line.replace(/^.*ALARM (.*?):.*\n$/, '$1'))).toEqual([
      `payment-escalated ${exampleId(1)}`,
      `payment-escalated ${exampleId(2)}`,
      'subscription-stopped "mails" at 7',
      'subscription-stopped "mails" at 8',
    ]);
  });

  test('are bounded, and the last line says so', () => {
    const many = Array.from({ length: ALARMS_WRITTEN_MAX + 5 }, (_, n) => ({
      ...escalated,
      reservationId: exampleId(n + 1),
    }));
    const lines = writtenOf(many);
    expect(lines).toHaveLength(ALARMS_WRITTEN_MAX + 1);
    expect(lines.at(-1)).toBe(
      `@reservations/core: ALARM: more than ${ALARMS_WRITTEN_MAX} alarms, the others are not written ${HOW}`,
    );
  });

  test('are one line each, without control characters and not longer than 1,000 characters', () => {
    const [odd, long] = writtenOf([
      { ...escalated, detail: 'a\r\n\u001b[2Jb\u2028c\u202e' },
      { kind: 'contradiction', reservationId: exampleId(1), detail: 'x'.repeat(5_000) },
    ]);
    expect(odd).toContain('settlement-gave-up: a [2Jb c  (written');
    expect(long).toHaveLength(1_001);
  });

  test('are not made of what mends itself', () => {
    const error = new ReservationError('STORE_UNAVAILABLE', 'away');
    expect(
      writtenOf([
        { kind: 'lease-lost', reservationId: exampleId(1) },
        { kind: 'charge-fault', reservationId: exampleId(1), error },
        { kind: 'settlement-fault', reservationId: null, error },
        { kind: 'feed-fault', subscription: null, error },
        { kind: 'subscription-lost', subscription: 'mails' },
      ]),
    ).toEqual([]);
  });
});

/** Escalates one payment and stops one subscription, each observed as `observer` says. */
function embedding(observer: string): string {
  return `
    import { createReservations, createSubscription } from '@reservations/core';
    import { createMemoryStore } from '@reservations/core/memory';
    const store = createMemoryStore();
    const charge = async () => ({ kind: 'unknown', cause: 'deadline-exceeded', detail: '5 s' });
    const gateway = { idempotency: 'none', chargesMax: 1, charge, close: async () => {} };
    const settlement = { pollMs: 1, backoffMs: 1 };
    const reservations = createReservations({ store, gateway, settlement, ${observer} });
    await reservations.create({ userId: 'ada', amount: '1', currency: 'EUR' });
    const handle = () => { throw new Error('no seat'); };
    const mails = createSubscription({ store, name: 'mails', handle, attemptsMax: 1, ${observer} });
    reservations.start();
    mails.start();
    while ((await store.work.gauge({ kind: 'charge' })).open > 0) await new Promise((resolve) => setTimeout(resolve, 1));
    while (!(await store.subscriptions.list({ limit: 1 }))[0]?.stopped) await new Promise((resolve) => setTimeout(resolve, 1));
    await reservations.stop();
    await mails.stop();
    console.log('ended well');
  `;
}

/** Runs the program with its standard error as the shell's redirection says. */
async function runWith(program: string, redirection: string): Promise<{ stdout: string; stderr: string }> {
  const node = '"$0" --conditions=@reservations/source --input-type=module --eval "$1"';
  return await run('bash', ['-c', `${node} ${redirection}`, process.execPath, program], { cwd: core });
}

describe('a program that embeds the engine', () => {
  test('without an observer finds each alarm once on its standard error', async () => {
    const { stdout, stderr } = await runWith(embedding(''), '');
    expect(stdout).toBe('ended well\n');
    const about = /^@reservations\/core: ALARM (payment-escalated|subscription-stopped) /;
    const lines = stderr.split('\n').filter((line) => line !== '');
    expect(new Set(lines.map((line) => about.exec(line)?.[1]))).toEqual(
      new Set(['payment-escalated', 'subscription-stopped']),
    );
    expect(lines).toHaveLength(2);
  });

  test('with an observer finds nothing there', async () => {
    const program = embedding('observer: () => undefined');
    expect(await runWith(program, '')).toEqual({ stdout: 'ended well\n', stderr: '' });
  });

  test.each(['2>&-', '2>/dev/full', '2> >(exec 0<&-; sleep 1)'])('lives when its standard error is %s', async (how) => {
    const program = `
      import { setTimeout as pause } from 'node:timers/promises';
      import { standardErrorAlarms } from '${new URL('standard-error-alarms.ts', import.meta.url).href}';
      const observer = standardErrorAlarms();
      for (const position of [1, 2, 3]) {
        await pause(100);
        observer({ kind: 'subscription-stopped', subscription: 'mails', position, detail: 'no seat' });
      }
      console.log('ended well');
    `;
    expect((await runWith(program, how)).stdout).toBe('ended well\n');
  });
});
