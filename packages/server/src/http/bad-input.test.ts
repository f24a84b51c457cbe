import { connect } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parseRaw, sendRaw, type Service, startService } from './service-fixture.ts';

const VALID = '{"user_id":"u","amount":1}';

async function expectUntouched(service: Service): Promise<void> {
  expect(await service.store.events.readAll({ after: 0, limit: 1 })).toEqual([]);
  expect(service.charged).toEqual([]);
  expect((await service.request('/health/ready')).body).toEqual({ status: 'ready' });
}

function post(body: string, ...headers: readonly string[]): string {
  const head = [
    'POST /reservations HTTP/1.1',
    'Host: x',
    'Content-Type: application/json',
    'Connection: close',
    ...headers,
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}

describe('a body that does not validate', () => {
  const missing = (field: string): unknown => ({ loc: ['body', field], msg: 'Field required', type: 'missing' });
  const amount = (type: string, msg: string): unknown => ({ loc: ['body', 'amount'], msg, type });
  const user = (type: string, msg: string): unknown => ({ loc: ['body', 'user_id'], msg, type });
  const currency = (type: string, msg: string): unknown => ({ loc: ['body', 'currency'], msg, type });
  const invalid = (at: number): unknown => ({ loc: ['body', at], msg: 'JSON decode error', type: 'json_invalid' });
  const notAnObject = {
    loc: ['body'],
    msg: 'Input should be a valid dictionary or object to extract fields from',
    type: 'model_attributes_type',
  };
  const notANumber = amount('float_type', 'Input should be a valid number');
  const notPositive = amount('greater_than', 'Input should be greater than 0');
  const tooLarge = amount('less_than_equal', 'Input should be less than or equal to 9999999999999.99');
  const notAString = user('string_type', 'Input should be a valid string');
  const notText = user('value_error', 'Value error, text may not hold control characters or lone surrogates');
  const unparsable = amount('float_parsing', 'Input should be a valid number, unable to parse string as a number');

  test.each<[string, readonly unknown[]]>([
    ['', [{ loc: ['body'], msg: 'Field required', type: 'missing' }]],
    ['null', [{ loc: ['body'], msg: 'Field required', type: 'missing' }]],
    ['{}', [missing('user_id'), missing('amount')]],
    ['{', [invalid(1)]],
    ['not json', [invalid(0)]],
    ['{"user_id":"u","amount":NaN}', [invalid(24)]],
    ['{"user_id":"u","amount":1}}', [invalid(26)]],
    ['{"user_id":"🎫","amount":1}}', [invalid(26)]],
    ['[]', [notAnObject]],
    ['"text"', [notAnObject]],
    ['12', [notAnObject]],
    ['true', [notAnObject]],
    ['{"amount":1}', [missing('user_id')]],
    ['{"user_id":null,"amount":1}', [notAString]],
    ['{"user_id":12,"amount":1}', [notAString]],
    ['{"user_id":["u"],"amount":1}', [notAString]],
    ['{"user_id":"","amount":1}', [user('string_too_short', 'String should have at least 1 character')]],
    [
      `{"user_id":"${'u'.repeat(257)}","amount":1}`,
      [user('string_too_long', 'String should have at most 256 characters')],
    ],
    [
      `{"user_id":"${'🎫'.repeat(257)}","amount":1}`,
      [user('string_too_long', 'String should have at most 256 characters')],
    ],
    ['{"user_id":"a\\u0000b","amount":1}', [notText]],
    ['{"user_id":"\\ud800","amount":1}', [notText]],
    ['{"user_id":"u"}', [missing('amount')]],
    ['{"user_id":"u","amount":null}', [notANumber]],
    ['{"user_id":"u","amount":true}', [notANumber]],
    ['{"user_id":"u","amount":[1]}', [notANumber]],
    ['{"user_id":"u","amount":{"source":"1"}}', [notANumber]],
    ['{"user_id":"u","amount":"abc"}', [unparsable]],
    ['{"user_id":"u","amount":""}', [unparsable]],
    ['{"user_id":"u","amount":"0x10"}', [unparsable]],
    ['{"user_id":"u","amount":"Infinity"}', [amount('finite_number', 'Input should be a finite number')]],
    ['{"user_id":"u","amount":0}', [notPositive]],
    ['{"user_id":"u","amount":-0.0}', [notPositive]],
    ['{"user_id":"u","amount":-1}', [notPositive]],
    ['{"user_id":"u","amount":1e400}', [tooLarge]],
    ['{"user_id":"u","amount":10000000000000}', [tooLarge]],
    [
      '{"user_id":"u","amount":10.005}',
      [amount('decimal_max_places', 'Decimal input should have no more than 2 decimal places')],
    ],
    [
      '{"user_id":"u","amount":"0.30000000000000004"}',
      [amount('decimal_max_places', 'Decimal input should have no more than 2 decimal places')],
    ],
    [
      '{"user_id":"u","amount":1e-400}',
      [amount('decimal_max_places', 'Decimal input should have no more than 2 decimal places')],
    ],
    [
      '{"user_id":"u","amount":1.5,"currency":"JPY"}',
      [amount('decimal_max_places', 'Decimal input should have no more than 0 decimal places')],
    ],
    [
      '{"user_id":"u","amount":1e-9,"currency":"kwd"}',
      [amount('decimal_max_places', 'Decimal input should have no more than 3 decimal places')],
    ],
    ['{"user_id":"u","amount":1,"currency":null}', [currency('string_type', 'Input should be a valid string')]],
    [
      '{"user_id":"u","amount":1,"currency":"XYZ"}',
      [
        currency(
          'value_error',
          'Value error, currency should be a code of ISO 4217 that is in use and has a minor unit',
        ),
      ],
    ],
    [
      '{"user_id":1,"amount":"x","currency":""}',
      [
        notAString,
        unparsable,
        currency(
          'value_error',
          'Value error, currency should be a code of ISO 4217 that is in use and has a minor unit',
        ),
      ],
    ],
    [
      '{"user_id":"u","amount":1,"amount":2}',
      [{ loc: ['body', 26], msg: 'JSON object should have each member only once', type: 'json_duplicate_key' }],
    ],
    [
      '{"__proto__":{"user_id":"u","amount":1}}',
      [{ loc: ['body', 1], msg: 'JSON object may not have a member __proto__', type: 'json_forbidden_key' }],
    ],
    [
      `{"user_id":${'['.repeat(10_000)}`,
      [{ loc: ['body', 42], msg: 'JSON should be nested at most 32 levels deep', type: 'json_too_deep' }],
    ],
    [
      `{"metadata":[${'0,'.repeat(2_000)}0]}`,
      [{ loc: ['body', 4_009], msg: 'JSON should have at most 2000 values', type: 'json_too_many_values' }],
    ],
  ])('%.60s', async (body, detail) => {
    const service = await startService();
    const answer = await service.post(body, { 'X-Request-Id': 'req-1' });
    expect([answer.status, answer.body]).toEqual([
      422,
      {
        detail,
        type: 'urn:reservations:problem:validation_failed',
        title: 'Validation Failed',
        status: 422,
        instance: '/reservations',
        code: 'validation_failed',
        request_id: 'req-1',
      },
    ]);
    await expectUntouched(service);
  });

  test('bytes that are not UTF-8 are no JSON', async () => {
    const service = await startService();
    const answer = await service.post(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]));
    expect([answer.status, answer.body['detail']]).toEqual([422, [invalid(2)]]);
    await expectUntouched(service);
  });

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonx',
  ])('a body sent as %s is no object', async (type) => {
    const service = await startService();
    const answer = await service.post(VALID, { 'Content-Type': type });
    expect([answer.status, answer.body['detail']]).toEqual([422, [notAnObject]]);
    await expectUntouched(service);
  });

  test('a compressed body is refused', async () => {
    const service = await startService();
    const answer = await service.post(VALID, { 'Content-Encoding': 'gzip' });
    expect([answer.status, answer.body['code']]).toEqual([415, 'unsupported_content_encoding']);
    await expectUntouched(service);
  });
});

describe('a body that is too large', () => {
  test('one byte more than the limit is too large, the limit is not', async () => {
    const service = await startService({ bodyLimitBytes: 100 });
    const fitting = VALID.padEnd(100);
    expect((await service.post(`${fitting} `)).status).toBe(413);
    await expectUntouched(service);
    expect((await service.post(fitting)).status).toBe(200);
  });

  test('a large Content-Length is answered before the body arrives, and the connection closed', async () => {
    const service = await startService();
    const { status, head, body } = parseRaw(
      await sendRaw(
        service.server.port,
        'POST /reservations HTTP/1.1\r\nHost: x\r\nX-Request-Id: r\r\nContent-Length: 1000000000\r\n\r\n',
      ),
    );
    expect([status, body]).toEqual([
      413,
      {
        detail: 'The body should be at most 65536 bytes',
        type: 'urn:reservations:problem:body_too_large',
        title: 'Content Too Large',
        status: 413,
        instance: '/reservations',
        code: 'body_too_large',
        request_id: 'r',
      },
    ]);
    expect(head).toContain('Connection: close');
    await expectUntouched(service);
  });

  test('a body without end is cut off at the limit', async () => {
    const service = await startService({ bodyLimitBytes: 1_000 });
    const head = 'POST /reservations HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n';
    const chunk = `400\r\n${' '.repeat(0x400)}\r\n`;
    expect(parseRaw(await sendRaw(service.server.port, head, chunk)).status).toBe(413);
    await expectUntouched(service);
  });

  test('a client that sends all before it reads gets its answer', async () => {
    const service = await startService();
    const size = 8 * 1024 * 1024;
    const head = `POST /reservations HTTP/1.1\r\nHost: x\r\nContent-Length: ${size}\r\n\r\n`;
    const socket = connect(service.server.port, '127.0.0.1').pause();
    onTestFinished(() => void socket.destroy());
    await new Promise<void>((resolve, reject) => {
      socket.on('error', reject);
      socket.write(head);
      socket.write(Buffer.alloc(size), () => resolve());
    });
    let received = '';
    for await (const chunk of socket) received += String(chunk);
    const { status, body } = parseRaw(received);
    expect([status, body]).toMatchObject([413, { code: 'body_too_large' }]);
    await expectUntouched(service);
  });

  test('a client that has sent a megabyte still reads its answer', async () => {
    const service = await startService();
    const answer = await service.post(Buffer.alloc(1024 * 1024, ' '));
    expect([answer.status, answer.body['code']]).toEqual([413, 'body_too_large']);
    await expectUntouched(service);
  });
});

describe('requests that never end or are none', () => {
  test('a body that does not arrive is answered with 408', async () => {
    const service = await startService({ requestTimeoutMs: 100 });
    const { status, head, body } = parseRaw(
      await sendRaw(service.server.port, post('{"user_id"', 'Content-Length: 50')),
    );
    expect([status, (body as { code: string }).code]).toEqual([408, 'request_timeout']);
    expect(head).toContain('Connection: close');
    await expectUntouched(service);
  });

  test('headers that do not arrive are answered with 408', async () => {
    const service = await startService({ requestTimeoutMs: 100 });
    const { status, body } = parseRaw(await sendRaw(service.server.port, 'POST /reservations HTTP/1.1\r\nHost:'));
    expect([status, (body as { code: string }).code]).toEqual([408, 'request_timeout']);
    await expectUntouched(service);
  });

  test('a client that goes away in its body leaves no trace', async () => {
    const service = await startService();
    await new Promise<void>((resolve) => {
      const socket = connect(service.server.port, '127.0.0.1', () => {
        socket.write(post('{"user_id":"u","amount":1', 'Content-Length: 50'), () => socket.destroy());
      });
      socket.on('close', () => resolve());
    });
    await expectUntouched(service);
  });

  test.each([
    ['\u0000\u0001\u0002\r\n\r\n', 400, 'malformed_request'],
    ['GET / HTTP/9.9\r\n\r\n', 400, 'malformed_request'],
    ['POST /reservations HTTP/1.1\r\nHost: x\r\nContent-Length: abc\r\n\r\n', 400, 'malformed_request'],
    [
      'POST /reservations HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
      'malformed_request',
    ],
    [`GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`, 431, 'headers_too_large'],
  ])('%.60j is answered in the shape of all errors', async (bytes, status, code) => {
    const service = await startService();
    const answer = parseRaw(await sendRaw(service.server.port, bytes));
    expect([answer.status, answer.body]).toEqual([
      status,
      {
        detail: expect.any(String),
        type: `urn:reservations:problem:${code}`,
        title: expect.any(String),
        status,
        instance: '/',
        code,
        request_id: expect.any(String),
      },
    ]);
    await expectUntouched(service);
  });
});

describe('paths and methods', () => {
  test.each([
    '/reservations/..%2f',
    '/reservations/%2e%2e%2f%2e%2e%2fetc%2fpasswd',
    '/reservations/%00',
    '/reservations/%ZZ',
    '/reservations/%ff%fe',
    "/reservations/'%20OR%201=1--",
    '/reservations/__proto__',
    '/reservations/RES-',
    `/reservations/${'R'.repeat(10_000)}`,
  ])('%.40s is no reservation', async (path) => {
    const service = await startService();
    const { status, body } = await service.request(path);
    expect([status, body['detail'], body['instance']]).toEqual([404, 'Reservation not found', path]);
    await expectUntouched(service);
  });

  test.each(['/nowhere', '//evil.example/reservations', '/RESERVATIONS', '/reservations/a/b', '/health', '*', '/%'])(
    '%s is no path',
    async (path) => {
      const service = await startService();
      const raw = `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Request-Id: r\r\n\r\n`;
      const { status, body } = parseRaw(await sendRaw(service.server.port, raw));
      expect([status, body]).toEqual([
        404,
        {
          detail: 'Not Found',
          type: 'urn:reservations:problem:not_found',
          title: 'Not Found',
          status: 404,
          instance: path,
          code: 'not_found',
          request_id: 'r',
        },
      ]);
    },
  );

  test.each([
    ['DELETE', '/', 'GET, HEAD, OPTIONS'],
    ['POST', '/health/live', 'GET, HEAD, OPTIONS'],
    ['PUT', '/health/ready', 'GET, HEAD, OPTIONS'],
    ['PUT', '/reservations', 'GET, HEAD, OPTIONS, POST'],
    ['PATCH', '/reservations', 'GET, HEAD, OPTIONS, POST'],
    ['DELETE', '/reservations', 'GET, HEAD, OPTIONS, POST'],
    ['POST', '/reservations/RES-1', 'GET, HEAD, OPTIONS'],
    ['DELETE', '/reservations/RES-1', 'GET, HEAD, OPTIONS'],
    ['PROPFIND', '/reservations/RES-1', 'GET, HEAD, OPTIONS'],
  ])('%s %s is a 405 that lists what is allowed', async (method, path, allow) => {
    const service = await startService();
    const { status, headers, body } = await service.request(path, { method, headers: { 'X-Request-Id': 'r' } });
    expect([status, headers.get('allow'), body]).toEqual([
      405,
      allow,
      {
        detail: 'Method Not Allowed',
        type: 'urn:reservations:problem:method_not_allowed',
        title: 'Method Not Allowed',
        status: 405,
        instance: path,
        code: 'method_not_allowed',
        request_id: 'r',
      },
    ]);
    await expectUntouched(service);
  });

  test('no answer depends on the Host header', async () => {
    const service = await startService();
    const raw = post(VALID, `Content-Length: ${VALID.length}`).replace('Host: x', 'Host: evil.example');
    const answer = await sendRaw(service.server.port, raw);
    expect(answer).toMatch(/\r\nLocation: \/reservations\/RES-/);
    expect(answer).not.toContain('evil');
  });
});
