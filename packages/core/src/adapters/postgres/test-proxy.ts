import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** Bytes of a message before its body: the type and the length. */
const HEADER_BYTES = 5;

/** A message from the client, as the protocol of PostgreSQL frames it. */
export interface ClientMessage {
  /** One letter: P parse, B bind, D describe, E execute, S sync, Q query, X terminate. Empty for the start-up. */
  readonly type: string;
  readonly body: string;
  /** The whole message, as it travels. */
  readonly bytes: Buffer;
}

/** A way to a server on which everything can be counted and every connection cut. */
export interface TestProxy {
  /** The server's URL, through the proxy. */
  readonly url: string;
  /** The messages of clients since the last call, in the order of their arrival. */
  takeMessages(): readonly ClientMessage[];
  /** Called with each message before it is passed on; cuts every connection, and passes nothing on, when it says so. */
  cutBefore(condition: (message: ClientMessage) => boolean): void;
  /** From the next message that fits on, the server's answers are held back, and then all connections are cut. */
  loseAnswerTo(condition: (message: ClientMessage) => boolean): void;
  cut(): void;
  stop(): Promise<void>;
}

/** Starts one in front of the server of `serverUrl`. */
export async function startTestProxy(serverUrl: string): Promise<TestProxy> {
  const target = new URL(serverUrl);
  const pairs = new Set<readonly [Socket, Socket]>();
  let messages: ClientMessage[] = [];
  let shouldCut: ((message: ClientMessage) => boolean) | null = null;
  let shouldLose: ((message: ClientMessage) => boolean) | null = null;

  function cut(): void {
    for (const [client, server] of pairs) {
      client.destroy();
      server.destroy();
    }
    pairs.clear();
  }

  const listener = createServer((client) => {
    const server = connect(Number(target.port), target.hostname);
    const pair = [client, server] as const;
    pairs.add(pair);
    const split = createSplitter();
    let isLosing = false;
    client.on('data', (chunk) => {
      for (const message of split(chunk)) {
        messages.push(message);
        if (shouldLose?.(message) === true) {
          shouldLose = null;
          isLosing = true;
        }
        if (shouldCut?.(message) === true) {
          shouldCut = null;
          return void passOn(server).then(cut);
        }
        server.write(message.bytes);
      }
    });
    server.on('data', (chunk) => {
      if (isLosing) cut();
      else client.write(chunk);
    });
    for (const [one, other] of [pair, [server, client]] as const) {
      one.on('error', () => undefined);
      one.on('close', () => {
        other.destroy();
        pairs.delete(pair);
      });
    }
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  const url = new URL(serverUrl);
  url.port = String(address.port);
  return {
    url: url.href,
    takeMessages() {
      const taken = messages;
      messages = [];
      return taken;
    },
    cutBefore(condition) {
      shouldCut = condition;
    },
    loseAnswerTo(condition) {
      shouldLose = condition;
    },
    cut,
    async stop() {
      cut();
      listener.close();
      await once(listener, 'close');
    },
  };
}

/** Resolves once everything written so far is on its way. */
function passOn(server: Socket): Promise<void> {
  return new Promise((resolve) => server.write('', () => resolve()));
}

/** Cuts a connection's bytes into messages; the first one has no type. */
function createSplitter(): (chunk: Buffer) => readonly ClientMessage[] {
  let rest = Buffer.alloc(0);
  let isStartup = true;
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    const found: ClientMessage[] = [];
    for (;;) {
      const header = isStartup ? HEADER_BYTES - 1 : HEADER_BYTES;
      if (rest.length < header) return found;
      const end = rest.readUInt32BE(header - 4) + (isStartup ? 0 : 1);
      if (rest.length < end) return found;
      const type = isStartup ? '' : rest.toString('latin1', 0, 1);
      found.push({ type, body: rest.toString('latin1', header, end), bytes: rest.subarray(0, end) });
      rest = rest.subarray(end);
      isStartup = false;
    }
  };
}
