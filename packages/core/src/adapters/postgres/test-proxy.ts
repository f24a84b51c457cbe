import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { type Message, createMessageSplitter } from './test-messages.ts';

type Condition = (message: Message) => boolean;

/** A way to a server on which everything can be counted and every connection cut. */
export interface TestProxy {
  /** The server's URL, through the proxy. */
  readonly url: string;
  /** The messages of clients since the last call, in the order of their arrival. */
  takeMessages(): readonly Message[];
  /** Bytes that the server sent since the last call. */
  takeAnsweredBytes(): number;
  /** The notices of the server since the last call, as they travel. */
  takeNotices(): readonly Message[];
  /** Once, instead of passing on a message that fits, every connection is cut; what came before it is passed on. */
  cutBefore(condition: Condition): void;
  /** Once, a message that fits is passed on, and all connections are cut when the server answers. */
  loseAnswerTo(condition: Condition): void;
  cut(): void;
  /** Cuts every connection; new ones lead to the server of this URL. */
  leadTo(serverUrl: string): void;
  stop(): Promise<void>;
}

interface Plans {
  cutBefore: Condition | null;
  loseAnswerTo: Condition | null;
}

/** Starts one in front of the server of `serverUrl`. */
export async function startTestProxy(serverUrl: string): Promise<TestProxy> {
  const url = new URL(serverUrl);
  let target = serverUrl;
  const pairs = new Set<readonly [Socket, Socket]>();
  const plans: Plans = { cutBefore: null, loseAnswerTo: null };
  let messages: Message[] = [];
  let notices: Message[] = [];
  let answeredBytes = 0;

  function cut(): void {
    for (const sockets of pairs) for (const socket of sockets) socket.destroy();
    pairs.clear();
  }

  // Answers travel in several small writes, none of which should wait for the one before it.
  const listener = createServer({ noDelay: true }, (client) => {
    const { hostname, port } = new URL(target);
    const server = connect({ port: Number(port), host: hostname, noDelay: true });
    const pair = [client, server] as const;
    pairs.add(pair);
    pass(client, server, plans, {
      record: (message) => void messages.push(message),
      note: (message) => void notices.push(message),
      answered: (bytes) => void (answeredBytes += bytes),
      cut,
    });
    closeTogether(client, server, () => pairs.delete(pair));
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  url.port = String(address.port);
  return {
    url: url.href,
    takeMessages() {
      const taken = messages;
      messages = [];
      return taken;
    },
    takeAnsweredBytes() {
      const taken = answeredBytes;
      answeredBytes = 0;
      return taken;
    },
    takeNotices() {
      const taken = notices;
      notices = [];
      return taken;
    },
    cutBefore(condition) {
      plans.cutBefore = condition;
    },
    loseAnswerTo(condition) {
      plans.loseAnswerTo = condition;
    },
    cut,
    leadTo(other) {
      target = other;
      cut();
    },
    async stop() {
      cut();
      listener.close();
      await once(listener, 'close');
    },
  };
}

interface Watching {
  record(message: Message): void;
  note(message: Message): void;
  answered(bytes: number): void;
  cut(): void;
}

/** Passes on what is said on one connection, as far as the plans allow it. */
function pass(client: Socket, server: Socket, plans: Plans, { record, note, answered, cut }: Watching): void {
  const split = createMessageSplitter('client');
  const splitAnswers = createMessageSplitter('server');
  let isLosing = false;
  client.on('data', (chunk) => {
    for (const message of split(chunk)) {
      record(message);
      if (plans.cutBefore?.(message) === true) {
        plans.cutBefore = null;
        server.write('', cut);
        return;
      }
      if (plans.loseAnswerTo?.(message) === true) {
        plans.loseAnswerTo = null;
        isLosing = true;
      }
      server.write(message.bytes);
    }
  });
  server.on('data', (chunk: Buffer) => {
    answered(chunk.length);
    for (const message of splitAnswers(chunk)) if (message.type === 'N') note(message);
    if (isLosing) cut();
    else client.write(chunk);
  });
}

function closeTogether(client: Socket, server: Socket, onClosed: () => void): void {
  for (const [one, other] of [
    [client, server],
    [server, client],
  ] as const) {
    one.on('error', () => undefined);
    one.on('close', () => {
      other.destroy();
      onClosed();
    });
  }
}
