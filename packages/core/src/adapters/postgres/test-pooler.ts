import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import pg from 'pg';
import { createMessageSplitter, type Message } from './test-messages.ts';

/** A pooler of transactions: any number of clients on one connection to the server. */
export interface TestPooler {
  /** The server's URL, through the pooler, without parameters: those belong to the one connection. */
  readonly url: string;
  stop(): Promise<void>;
}

interface Client {
  readonly socket: Socket;
  /** What it said and the server has not heard yet. */
  readonly backlog: Message[];
}

interface Server {
  readonly socket: Socket;
  /** Answers of "ready for a query" that are still to come. */
  pending: number;
}

/** Says that no encryption is spoken, as the answer to a request for it. */
const NO_TLS = Buffer.from('N');
const TLS_REQUEST = 80_877_103;
const IDLE = 'I';
const IN_TRANSACTION = 'T';

/** The one connection and its current client. */
interface Sharing {
  hear(client: Client, message: Message): void;
  /** The server undoes what a client began that went away; the next one gets a new connection. */
  forget(client: Client): void;
  /** Resolves once the connection is closed, also one that is being made. */
  stop(): Promise<void>;
}

/**
 * Starts one in front of the server of `serverUrl`. As PgBouncer does in its mode "transaction", it hands the
 * connection to a client with the client's first message, and takes it back as soon as the server says that it is
 * idle outside of a transaction. What one client leaves in the session, all others find. In the mode "statement" it
 * refuses a client that begins a transaction, and lets it go, as PgBouncer does.
 */
export async function startTestPooler(
  serverUrl: string,
  mode: 'transaction' | 'statement' = 'transaction',
): Promise<TestPooler> {
  const clients = new Set<Client>();
  const sharing = await share(serverUrl, mode);
  // Answers travel in several small writes, none of which should wait for the one before it.
  const listener = createServer({ noDelay: true }, (socket) => {
    const client: Client = { socket, backlog: [] };
    clients.add(client);
    const split = createMessageSplitter('client');
    socket.on('data', (chunk) => {
      for (const message of split(chunk)) sharing.hear(client, message);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clients.delete(client);
      sharing.forget(client);
    });
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('the pooler has no port');
  return {
    url: `postgres://anybody@127.0.0.1:${address.port}/any`,
    async stop() {
      await sharing.stop();
      for (const { socket } of clients) socket.destroy();
      listener.close();
      await once(listener, 'close');
    },
  };
}

async function share(serverUrl: string, mode: 'transaction' | 'statement'): Promise<Sharing> {
  let waiting: Client[] = [];
  let owner: Client | null = null;
  let server: Server | null = null;
  let isStopped = false;

  function pump(): void {
    owner ??= waiting.shift() ?? null;
    if (server === null || owner === null) return;
    for (const { type, bytes } of owner.backlog.splice(0)) {
      if (type === 'Q' || type === 'S') server.pending += 1;
      server.socket.write(bytes);
    }
  }

  function answer(from: Server, message: Message): void {
    if (mode === 'statement' && message.type === 'Z' && message.body === IN_TRANSACTION) {
      owner?.socket.end(REFUSAL);
      return;
    }
    owner?.socket.write(message.bytes);
    if (message.type !== 'Z') return;
    from.pending -= 1;
    if (message.body !== IDLE || from.pending > 0) return;
    owner = null;
    pump();
  }

  async function connectServer(): Promise<void> {
    const connected: Server = { socket: await openSession(serverUrl), pending: 0 };
    const split = createMessageSplitter('server');
    connected.socket.on('data', (chunk: Buffer) => {
      for (const message of split(chunk)) answer(connected, message);
    });
    server = connected;
    if (isStopped) connected.socket.destroy();
    pump();
  }

  let connecting = connectServer();
  await connecting;
  return {
    hear(client, message) {
      if (message.type === '') client.socket.write(message.bytes.readInt32BE(4) === TLS_REQUEST ? NO_TLS : GREETING);
      else if (message.type === 'X') client.socket.end();
      else {
        client.backlog.push(message);
        if (owner !== client && !waiting.includes(client)) waiting.push(client);
        pump();
      }
    },
    forget(client) {
      waiting = waiting.filter((each) => each !== client);
      if (owner !== client) return;
      owner = null;
      server?.socket.destroy();
      server = null;
      if (!isStopped) connecting = connectServer();
    },
    async stop() {
      isStopped = true;
      server?.socket.destroy();
      await connecting;
    },
  };
}

/** What a client hears that has said who it is: it is let in, and the server is ready. */
const GREETING = Buffer.concat([
  messageOf('R', [0, 0, 0, 0]),
  messageOf('S', Buffer.from('client_encoding\0UTF8\0')),
  messageOf('Z', Buffer.from(IDLE)),
]);

/** What PgBouncer says to a client that begins a transaction in the mode "statement". */
const REFUSAL = messageOf(
  'E',
  Buffer.from('SFATAL\0VFATAL\0C08P01\0Mtransaction blocks not allowed in statement pooling mode\0\0'),
);

function messageOf(type: string, body: Buffer | readonly number[]): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + length.length);
  return Buffer.concat([Buffer.from(type), length, Buffer.from(body)]);
}

/** A connection after pg has logged in, without a reader. */
async function openSession(url: string): Promise<Socket> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  const { stream } = (client as unknown as { readonly connection: { readonly stream: Socket } }).connection;
  stream.removeAllListeners('data');
  return stream;
}
