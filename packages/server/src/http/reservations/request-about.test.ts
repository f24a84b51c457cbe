import { expect, test } from 'vitest';
import { startService } from '../service-fixture.ts';

/** An entry of `detail`, at a place in the body. */
function at(...place: readonly string[]): (type: string, msg: string) => unknown {
  return (type, msg) => ({ loc: ['body', ...place], msg, type });
}

test.each<[string, readonly unknown[]]>([
  ['{"user_id":"u","amount":1,"reference":7}', [at('reference')('string_type', 'Input should be a valid string')]],
  [
    `{"user_id":"u","amount":1,"reference":"${'x'.repeat(256)}"}`,
    [at('reference')('string_too_long', 'String should have at most 255 characters')],
  ],
  ['{"user_id":"u","amount":1,"metadata":["a"]}', [at('metadata')('dict_type', 'Input should be a valid dictionary')]],
  ['{"user_id":"u","amount":1,"metadata":5}', [at('metadata')('dict_type', 'Input should be a valid dictionary')]],
  ['{"user_id":"u","amount":1,"metadata":"a"}', [at('metadata')('dict_type', 'Input should be a valid dictionary')]],
  [
    `{"user_id":"u","amount":1,"metadata":${JSON.stringify(Object.fromEntries(Array.from('abcdefghijklmnopqrstu', (name) => [name, ''])))}}`,
    [at('metadata')('too_long', 'Dictionary should have at most 20 items')],
  ],
  [
    `{"user_id":"u","amount":1,"metadata":{"a":1,"b":null,"c":{"d":"e"},"f":"\\u0000","g":"${'x'.repeat(501)}"}}`,
    [
      at('metadata', 'a')('string_type', 'Input should be a valid string'),
      at('metadata', 'b')('string_type', 'Input should be a valid string'),
      at('metadata', 'c')('string_type', 'Input should be a valid string'),
      at('metadata', 'f')('value_error', 'Value error, text may not hold NUL or lone surrogates'),
      at('metadata', 'g')('string_too_long', 'String should have at most 500 characters'),
    ],
  ],
  [
    `{"user_id":"u","amount":1,"metadata":{"":"x","${'n'.repeat(41)}":"x","\\n":"x"}}`,
    [
      at('metadata', '', '[key]')('string_too_short', 'String should have at least 1 character'),
      at('metadata', 'n'.repeat(41), '[key]')('string_too_long', 'String should have at most 40 characters'),
      at(
        'metadata',
        '\n',
        '[key]',
      )('value_error', 'Value error, text may not hold control characters or lone surrogates'),
    ],
  ],
  [
    '{"user_id":"u","amount":1,"metadata":{"__proto__":"x"}}',
    [{ loc: ['body', 38], msg: 'JSON object may not have a member __proto__', type: 'json_forbidden_key' }],
  ],
])('a body whose reference or metadata do not validate is a 422: %.70s', async (body, detail) => {
  const service = await startService();
  const answer = await service.post(body);
  expect([answer.status, answer.body['detail']]).toEqual([422, detail]);
  expect(await service.store.events.readAll({ after: 0, limit: 1 })).toEqual([]);
});
