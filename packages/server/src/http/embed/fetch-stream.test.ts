import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { createBridge } from './fetch-bridge.ts';

const URL = 'http://shop.example/events';
const EVENT = `data: ${'x'.repeat(1_000)}\n\n`;

/** An endless stream of events, as fast as its reader allows. */
function endless(): {
  readonly handle: (request: Request) => Promise<Response>;
  readonly closed: Promise<void>;
  written(): number;
} {
  const closed = Promise.withResolvers<void>();
  let written = 0;
  const handle = createBridge((_request, response: ServerResponse) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.once('close', () => closed.resolve());
    function write(): void {
      while (!response.destroyed && response.write(EVENT)) written += 1;
      if (!response.destroyed) response.once('drain', write);
    }
    write();
  }, 1_000);
  return { handle, closed: closed.promise, written: () => written };
}

test('the cancellation of a streaming response ends the stream', async () => {
  const { handle, closed } = endless();
  const response = await handle(new Request(URL));
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const first = await reader.read();
  expect(Buffer.from(first.value ?? []).toString()).toMatch(/^data: x/);
  await reader.cancel();
  await closed;
});

test('the abort of its request ends the stream', async () => {
  const { handle, closed } = endless();
  const controller = new AbortController();
  const response = await handle(new Request(URL, { signal: controller.signal }));
  const text = response.text();
  controller.abort();
  await expect(text).rejects.toThrow(/abort/);
  await closed;
});

test('a reader that does not read costs bounded memory', async () => {
  const { handle, closed, written } = endless();
  const response = await handle(new Request(URL));
  let before = -1;
  await expect.poll(() => written() === before || ((before = written()), false)).toBe(true);
  expect(written() * EVENT.length).toBeLessThan(1_000_000);
  await response.body?.cancel();
  await closed;
});
