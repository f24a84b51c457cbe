import { connect } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parseRaw, sendRaw } from '../service-fixture.ts';
import { createParts, expectGracefulStop, expectService } from './embedded-fixture.ts';
import { type Application, FRAMEWORK_NAMES, startApplication } from './frameworks-fixture.ts';

const BODY = '{"user_id":"ada","amount":1}';
const POST = `POST /booking/reservations HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`;
const GET = 'GET /booking/health/live HTTP/1.1\r\nHost: x\r\n\r\n';

function portOf({ origin }: Application): number {
  return Number(new URL(origin).port);
}

describe.each(FRAMEWORK_NAMES)('in %s', (name) => {
  test('the API is served below its path', async () => {
    const { origin } = await startApplication(name, createParts());
    await expectService(origin, '/booking');
  });

  test('a stop waits for the request under way, ends open streams, and closes the parts in order', async () => {
    const parts = createParts();
    const { origin, close } = await startApplication(name, parts, { isGuarded: true });
    expect(parts.calls).toEqual(['engine started']);
    await expectGracefulStop(`${origin}/booking`, parts, close);
  });

  describe('on a guarded server', () => {
    test('a client that closes its half of the connection is answered', async () => {
      const parts = createParts();
      const held = parts.hold();
      const application = await startApplication(name, parts, { isGuarded: true });
      const socket = connect(portOf(application), '127.0.0.1');
      const received = socket.setEncoding('utf8').toArray();
      socket.end(POST);
      await held.charging;
      held.end();
      expect((await received).join('')).toMatch(/^HTTP\/1.1 200 .*"RESERVATION_CONFIRMED"/s);
    });

    test('what is no HTTP is answered in the shape of all errors, and never in place of a charged request', async () => {
      const parts = createParts();
      const application = await startApplication(name, parts, { isGuarded: true });
      const port = portOf(application);
      expect(parseRaw(await sendRaw(port, 'GARBAGE\r\n\r\n'))).toMatchObject({
        status: 400,
        body: { code: 'malformed_request' },
      });
      const held = parts.hold();
      const received = sendRaw(port, `${POST}GARBAGE\r\n\r\n`);
      await held.charging;
      held.end();
      expect((await received).match(/HTTP\/1.1 \d+|RESERVATION_CONFIRMED/g)).toEqual([
        'HTTP/1.1 200',
        'RESERVATION_CONFIRMED',
      ]);
    });

    test('few of the requests that a client sends without end are parsed ahead', async () => {
      const REQUESTS = 600;
      const application = await startApplication(name, createParts(), { isGuarded: true });
      let underWay = 0;
      let most = 0;
      application.server.on('request', (_request, response) => {
        most = Math.max(most, (underWay += 1));
        response.once('close', () => (underWay -= 1));
      });
      const socket = connect(portOf(application), '127.0.0.1');
      onTestFinished(() => void socket.destroy());
      const answered = new Promise((resolve) => {
        let count = 0;
        let tail = '';
        socket.on('data', (chunk: Buffer) => {
          const text = tail + chunk.toString('latin1');
          count += text.match(/HTTP\/1.1 200/g)?.length ?? 0;
          // Shorter than what is looked for, so that nothing is counted twice.
          tail = text.slice(-('HTTP/1.1 200'.length - 1));
          if (count === REQUESTS) resolve(count);
        });
      });
      socket.write(GET.repeat(REQUESTS));
      await answered;
      // Seventeen, and those that had come in the same slices of 1 KiB.
      expect(most).toBeLessThan(17 + 2 * Math.ceil(1024 / GET.length));
    });
  });
});
