import { expect, test } from 'vitest';
import { ReservationError } from './errors.ts';
import { checkOneOf, checkSwitch, checkText, checkWholeNumber, invalidOption } from './options.ts';

const circular: { self?: unknown } = {};
circular.self = circular;

test.each<readonly [() => unknown, string]>([
  [() => checkWholeNumber('pollMs', 0, 1), 'pollMs: expected a whole number from 1, found 0'],
  [() => checkWholeNumber('limit', 201, 1, 200), 'limit: expected a whole number from 1 to 200, found 201'],
  [() => checkWholeNumber('limit', Number.NaN, 1, 200), 'limit: expected a whole number from 1 to 200, found NaN'],
  [() => checkWholeNumber('limit', '7' as never, 1), 'limit: expected a whole number from 1, found "7"'],
  [() => checkWholeNumber('limit', 2 ** 53, 1), 'limit: expected a whole number from 1, found 9007199254740992'],
  [() => checkOneOf('onPoison', 'ignore', ['stop', 'skip']), 'onPoison: expected "stop" or "skip", found "ignore"'],
  [() => checkSwitch('notify', 1 as never), 'notify: expected true or false, found 1'],
  [() => checkText('name', '', (text) => text !== '', 'a text'), 'name: expected a text, found ""'],
  [() => checkText('name', null as never, () => true, 'a text'), 'name: expected a text, found null'],
])('%s is refused with name, expectation and value', (check, message) => {
  expect(check).toThrow(new ReservationError('INVALID_OPTION', message));
});

test('what is right is returned', () => {
  expect([
    checkWholeNumber('limit', 200, 1, 200),
    checkOneOf('onPoison', 'skip', ['stop', 'skip']),
    checkSwitch('notify', false),
    checkText('name', 'shop', (text) => text !== '', 'a text'),
  ]).toEqual([200, 'skip', false, 'shop']);
});

test.each([
  [undefined, 'undefined'],
  [circular, '[object Object]'],
  [{ a: 1 }, '{"a":1}'],
  ['🎫'.repeat(200), `"${'🎫'.repeat(99)}\uFFFD…`],
])('%o is shown, and at most 200 code units of it', (found, shown) => {
  expect(invalidOption('x', 'y', found).message).toBe(`x: expected y, found ${shown}`);
});
