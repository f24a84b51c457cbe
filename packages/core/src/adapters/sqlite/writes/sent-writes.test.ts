import { expect, test } from 'vitest';
import type { KeyChange, WorkChange } from '../../../ports/inline-writes.ts';
import type { EncodedAppend } from '../../sql/encoded-append.ts';
import { fromSentAppended, fromSentWrite, toSentAppended, toSentWrite } from './sent-writes.ts';

const EVENT = { id: 'E-1', type: 'RESERVATION_CREATED', schema_version: 2, data: '{"a":1}', metadata: '{}' };

const RESERVATION: EncodedAppend['reservation'] = {
  shard: 0,
  reservation_id: 'RES-1',
  version: 1,
  user_id: 'ada',
  stage: 'processing',
  transaction_id: null,
  caller: 'api-key:shop',
  reference: 'order-1',
  summary: '{}',
};

const WORK = { kind: 'charge', id: 'RES-1' } as const;

const CHANGES: readonly WorkChange[] = [
  { change: 'keep' },
  { ...WORK, change: 'enqueue', owner: 'engine', openedAt: 1, leaseUntil: 2 },
  { ...WORK, change: 'release', owner: 'engine', dueAt: 3, lastOutcome: 'unknown' },
  { ...WORK, change: 'remove', onlyIfLeasedBy: null },
  { ...WORK, change: 'remove', onlyIfLeasedBy: 'engine' },
];

const KEYS: readonly KeyChange[] = [
  { kind: 'keep' },
  { kind: 'claim', scope: 'anonymous', key: 'k', fingerprint: 'f' },
  { kind: 'release', scope: 'anonymous', key: 'k' },
];

const APPENDS: readonly EncodedAppend[] = CHANGES.flatMap((work) =>
  KEYS.flatMap((key) =>
    [RESERVATION, null].map((reservation) => ({
      stream: 'RES-1',
      expected: reservation === null ? ('none' as const) : 7,
      commandId: 'C-1',
      events: reservation === null ? [EVENT] : [EVENT, { ...EVENT, id: 'E-2' }],
      reservation,
      work,
      key,
    })),
  ),
);

test('an append is received as it was sent, with each change of row, work and key', () => {
  expect(APPENDS).toHaveLength(30);
  for (const parameters of APPENDS) {
    const sent = toSentWrite({ name: 'append', parameters });
    // One list: no object is copied.
    expect((sent as readonly unknown[]).filter((value) => typeof value === 'object' && value !== null)).toEqual([]);
    expect(fromSentWrite(structuredClone(sent))).toEqual({ name: 'append', parameters });
  }
});

test('other writes are sent as they are', () => {
  const write = { name: 'probe', parameters: undefined } as const;
  expect(fromSentWrite(structuredClone(toSentWrite(write)))).toEqual(write);
});

test('the result of an append that was written is two numbers, any other is sent as it is', () => {
  const appended = { kind: 'appended', version: 3, position: 2 ** 40 } as const;
  const sent = toSentAppended(appended);
  expect(sent).toEqual([3, 2 ** 40]);
  expect(fromSentAppended(sent ?? [0, 0])).toEqual(appended);
  for (const other of [{ kind: 'lease-lost' }, { kind: 'conflict', actual: 2, missed: [] }, 3, true, undefined, null]) {
    expect(toSentAppended(other)).toBeNull();
  }
});
