import { expect, test } from 'vitest';
import { requestIdFrom, traceparentFrom } from './request-id.ts';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

test("a client's harmless request id is kept", () => {
  for (const id of ['a', 'req-1', '01J:x/y+z=~._', 'x'.repeat(128)]) expect(requestIdFrom(id)).toBe(id);
});

test('any other request id is replaced by a new one', () => {
  for (const id of ['', 'a b', 'a\n', '"quoted"', '<b>', 'ü', 'x'.repeat(129)]) expect(requestIdFrom(id)).toMatch(UUID);
  expect(requestIdFrom('')).not.toBe(requestIdFrom(''));
});

test('a trace context is passed on only in its right shape', () => {
  expect(traceparentFrom(`00-${TRACE}-${SPAN}-01`)).toBe(`00-${TRACE}-${SPAN}-01`);
  const wrong = [
    '',
    `ff-${TRACE}-${SPAN}-01`,
    `00-${'0'.repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}-01-more`,
  ];
  for (const header of wrong) expect(traceparentFrom(header)).toBe(null);
});
