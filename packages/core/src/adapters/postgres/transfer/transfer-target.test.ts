import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, onTestFinished, test } from 'vitest';
import type { EventText, TransferTarget } from '../../../ports/admin/store-transfer.ts';
import { EXAMPLE_TIME, exampleAppend, exampleCharge, exampleId, exampleUuid } from '../../../testing/builders.ts';
import { sealOf } from '../../sql/rows/events.ts';
import { ONLY_SHARD } from '../../sql/columns.ts';
import { fromEventText } from '../../sql/rows/transfer.ts';
import { openPostgresStore, openPostgresTransferTarget } from '../index.ts';
import { createTestSchemas, type TestSchemas } from '../test-support.ts';

let schemas: TestSchemas;
beforeAll(async () => {
  schemas = await createTestSchemas(inject('postgresUrl'));
});
afterAll(() => schemas.database.drop());

let url: string;
let target: TransferTarget;
beforeEach(async () => {
  url = await schemas.newSchema();
  target = await openPostgresTransferTarget({ connectionString: url });
});
afterEach(() => target.close());

const MOVE = { id: exampleUuid(1), other: 'sqlite:/reservations.db', beganAt: 1 };
const UNSUITABLE = { code: 'STORE_UNSUITABLE' };

/** The event at a position, which is the first of its stream. */
function eventAt(position: number): EventText {
  const event: EventText = {
    stream: exampleId(position),
    version: 1,
    position,
    id: exampleUuid(position),
    commandId: exampleUuid(position),
    type: 'RESERVATION_CREATED',
    schemaVersion: 1,
    // JSON in an unusual form stays as it is.
    data: '{ "text": "\\u0000 🎫",  "n": 1.0 }',
    metadata: `{"recordedAt":"${EXAMPLE_TIME}"}`,
    checksum: 0,
  };
  return { ...event, checksum: (sealOf({ ...fromEventText(event), shard: ONLY_SHARD }) ^ position) >>> 0 };
}

const eventsAt = (...positions: readonly number[]): readonly EventText[] => positions.map(eventAt);

describe('the log of a target', () => {
  test('takes events text for text, at the next position and nowhere else', async () => {
    await target.begin(MOVE);
    await target.importEvents(eventsAt(1, 2));
    for (const wrong of [eventsAt(4), eventsAt(2), eventsAt(1, 2), eventsAt(2, 3)]) {
      await expect(target.importEvents(wrong)).rejects.toMatchObject(UNSUITABLE);
    }
    await expect(target.importEvents(eventsAt(3, 5))).rejects.toThrow('no gap');
    await expect(target.importEvents([])).rejects.toThrow('one at least');
    expect(await target.state()).toEqual({ kind: 'under-way', move: MOVE, lastPosition: 2 });
    await target.importEvents(eventsAt(3));
    expect(await target.log({ after: 0, limit: 10 })).toEqual(eventsAt(1, 2, 3));
    expect(await target.streams({ after: { stream: exampleId(1), version: 1 }, limit: 1 })).toEqual(eventsAt(2));
  });

  test('takes no event before a move began, nor after it ended', async () => {
    await expect(target.importEvents(eventsAt(1))).rejects.toMatchObject(UNSUITABLE);
    await target.begin(MOVE);
    await target.finish(2);
    await expect(target.importEvents(eventsAt(1))).rejects.toMatchObject(UNSUITABLE);
  });
});

describe('a move into a target', () => {
  test('begins once, however many begin it at the same time', async () => {
    const other = await openPostgresTransferTarget({ connectionString: url });
    const outcomes = await Promise.allSettled([target.begin(MOVE), other.begin({ ...MOVE, id: exampleUuid(2) })]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({ reason: UNSUITABLE });
    await other.close();
  });

  test('is finished once', async () => {
    await expect(target.finish(1)).rejects.toThrow('under way');
    await target.begin(MOVE);
    await target.finish(2);
    expect(await target.state()).toEqual({ kind: 'finished', move: MOVE });
    await expect(target.finish(3)).rejects.toThrow('under way');
  });

  test('refuses appends of a store that was open before, and says why, until it is finished', async () => {
    const store = await openPostgresStore({ connectionString: url });
    onTestFinished(() => store.close());
    await target.begin(MOVE);
    const noLog = {
      ...UNSUITABLE,
      message:
        'the PostgreSQL database has no log to append to: a move into it is under way, or log_locks lost its row',
    };
    await expect(store.events.append(exampleAppend(exampleId(1)))).rejects.toMatchObject(noLog);
    await expect(store.checkWritable()).rejects.toMatchObject(noLog);
    await target.finish(2);
    await store.checkWritable();
    expect(await store.events.append(exampleAppend(exampleId(1)))).toMatchObject({ kind: 'appended', position: 1 });
  });

  test('keeps the log, and only that, when it starts again', async () => {
    await target.begin(MOVE);
    await target.importEvents(eventsAt(1));
    await target.importKeys([{ scope: 'a', key: 'k', fingerprint: 'f', stream: exampleId(1) }]);
    await target.importWork([{ ...exampleCharge(1), openedAt: 1, attempts: 2, dueAt: 3, lastOutcome: null }]);
    await target.importCheckpoints([{ name: 'mail', position: 1, stoppedAt: null, stoppedBecause: null }]);
    await target.forgetAllButTheLog();
    const page = { after: null, limit: 10 };
    expect([
      await target.log({ after: 0, limit: 10 }),
      await target.keys(page),
      await target.work(page),
      await target.checkpoints(page),
    ]).toEqual([eventsAt(1), [], [], []]);
  });
});

describe('what people see of a target', () => {
  test('is its address without user, password and parameters', () => {
    expect(target.name).toMatch(/^postgres:\/\/127\.0\.0\.1:\d+\/test_\w+$/);
  });

  test('is no part of a wrong address', async () => {
    await expect(openPostgresTransferTarget({ connectionString: 'mysql://ada:secret@host/db' })).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      message: 'connectionString: expected postgres://USER:PASSWORD@HOST:PORT/DATABASE',
    });
  });
});
