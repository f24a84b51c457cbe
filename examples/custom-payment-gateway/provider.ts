import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** A small payment provider to try the gateway on. */
export interface Provider {
  readonly url: string;
  /** Charges by idempotency key. */
  readonly ledger: ReadonlyMap<string, { readonly id: string; readonly amount: string; readonly currency: string }>;
  stop(): void;
}

/** Starts a provider that is idempotent by key, declines customer "broke", and loses its first reply to "unlucky". */
export async function startProvider(): Promise<Provider> {
  const ledger = new Map<string, { id: string; amount: string; currency: string }>();

  async function charge(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { customer, amount, currency } = (await json(request)) as Record<'customer' | 'amount' | 'currency', string>;
    if (customer === 'broke') return void response.writeHead(402).end(JSON.stringify({ error: 'Insufficient funds' }));
    const key = String(request.headers['idempotency-key']);
    const earlier = ledger.get(key);
    const entry = earlier ?? { id: `CH-${ledger.size + 1}`, amount, currency };
    ledger.set(key, entry);
    if (customer === 'unlucky' && earlier === undefined) return void request.socket.destroy();
    response.writeHead(201).end(JSON.stringify(entry));
  }

  const server = createServer((request, response) => void charge(request, response));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ledger,
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}
