import { describe, expect, test } from 'vitest';
import { createEngineFixture } from '../application/engine-fixture.ts';
import { guardTracer } from './guard-tracer.ts';
import type { Span, Tracer } from './tracer.ts';

function broken(): never {
  throw new Error('no tracing today');
}

const span: Span = { set: () => undefined, rename: () => undefined, fail: () => undefined, link: () => undefined };
const brokenSpan: Span = { set: broken, rename: broken, fail: broken, link: broken };

const FAULTS: readonly (readonly [string, Tracer['inSpan']])[] = [
  ['throws before the work', broken],
  [
    'throws after the work has begun',
    (_name, _options, work) => {
      void work(span).catch(() => undefined);
      return broken();
    },
  ],
  [
    'rejects after the work, as when an exporter throws at the end of a span',
    async (_name, _options, work) => {
      await work(span);
      return broken();
    },
  ],
  ['rejects instead of the work', () => Promise.reject(new Error('no tracing today'))],
  ['has spans whose methods throw', (_name, _options, work) => work(brokenSpan)],
  [
    'runs the work twice',
    async (_name, _options, work) => {
      await work(span);
      return await work(span);
    },
  ],
];

describe.each(FAULTS)('a tracer that %s', (_, inSpan) => {
  const faulty: Tracer = { inSpan, current: broken };

  test('changes neither the result of the work nor how often it runs', async () => {
    let runs = 0;
    const result = await guardTracer(faulty).inSpan('work', { kind: 'internal' }, async ({ set, fail }) => {
      runs += 1;
      set({ a: 1 });
      fail('b');
      return 'done';
    });
    expect([result, runs]).toEqual(['done', 1]);
  });

  test('does not hide the error of the work', async () => {
    const failing = guardTracer(faulty).inSpan('work', { kind: 'internal' }, () => Promise.reject(new Error('mine')));
    await expect(failing).rejects.toThrow('mine');
  });

  test('changes no reservation: it is charged once, and its caller gets the verdict', async () => {
    const { create, events, gateway } = createEngineFixture({ tracer: faulty });
    const { reservationId, stage } = await create();
    expect(stage).toBe('confirmed');
    expect(await events(reservationId)).toEqual(['RESERVATION_CREATED', 'RESERVATION_CONFIRMED']);
    expect(gateway.charges).toHaveLength(1);
  });
});

test('without an active span, or with a tracer that cannot tell, there is none', () => {
  expect(guardTracer({ inSpan: broken, current: broken }).current()).toBeNull();
});
