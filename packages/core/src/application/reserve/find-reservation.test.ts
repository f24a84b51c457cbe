import { describe, expect, test } from 'vitest';
import { createEngineFixture, REQUEST } from '../engine-fixture.ts';

describe('a reservation', () => {
  test('is found by the idempotency key that it holds, of its own caller', async () => {
    const { engine, create } = createEngineFixture();
    const mine = await create({ idempotencyKey: 'order-1' });
    const bobs = await create({ idempotencyKey: 'order-1', caller: 'bob' });
    expect(await engine.findByKey('order-1')).toEqual(mine);
    expect(await engine.findByKey('order-1', { caller: 'bob' })).toEqual(bobs);
    expect(await engine.findByKey('order-1', { caller: 'eve' })).toBeNull();
    expect(await engine.findByKey('order-2')).toBeNull();
  });

  test('is found by its key as it stands', async () => {
    const { engine, gateway, runtime } = createEngineFixture();
    gateway.script(() => ({ kind: 'unknown', cause: 'deadline-exceeded', detail: '5 s' }));
    await engine.create(REQUEST, { idempotencyKey: 'order-1' });
    expect(await engine.findByKey('order-1')).toMatchObject({ stage: 'unresolved' });
    gateway.script(() => ({ kind: 'approved', transactionId: 'TXN-1', message: '' }));
    engine.start();
    await runtime.advance(30_000);
    expect(await engine.findByKey('order-1')).toMatchObject({ stage: 'confirmed', transactionId: 'TXN-1' });
    await engine.stop();
  });

  test.each(['', 'a b', 'ä', 'x'.repeat(256)])('is not looked for under the malformed key %j', async (key) => {
    await expect(createEngineFixture().engine.findByKey(key)).rejects.toMatchObject({ code: 'INVALID_OPTION' });
  });

  test('is found by its transaction', async () => {
    const { engine, create } = createEngineFixture();
    const [first, second] = [await create(), await create()];
    expect(await engine.findByTransaction(first.transactionId ?? '')).toEqual([first]);
    expect(await engine.findByTransaction(second.transactionId ?? '')).toEqual([second]);
    expect(await engine.findByTransaction('TXN-none')).toEqual([]);
  });

  test('is found beside another one that the payment service gave the same transaction', async () => {
    const { engine, gateway, create } = createEngineFixture();
    gateway.script(() => ({ kind: 'approved', transactionId: 'TXN-1', message: '' }));
    const [first, second] = [await create(), await create()];
    expect(await engine.findByTransaction('TXN-1')).toEqual([first, second]);
  });

  test('is found by its user', async () => {
    const { engine, create } = createEngineFixture();
    const reservation = await create();
    await engine.create({ ...REQUEST, userId: 'u2' });
    expect(await engine.list({ userId: 'u1' })).toEqual({ reservations: [reservation], next: null });
  });
});
