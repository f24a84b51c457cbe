import { vi } from 'vitest';

/** A request that was sent. */
export interface Sent {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly body: string | null;
  /** Milliseconds since the request before it; 0 for the first one. */
  readonly pauseMs: number;
}

/** What happens to a request: an answer, none because the connection is lost, or none at all. */
export type Script = Response | 'lost' | 'silent';

/** A service that does what the test says, request by request; the last line of the script repeats. */
export interface ScriptedService {
  readonly fetch: typeof globalThis.fetch;
  readonly sent: readonly Sent[];
  /** Keys of all requests, each once. */
  keys(): readonly (string | null)[];
}

/** Time passes only when something waits for it; pauses have their longest length. */
export function useTestTime(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
  vi.spyOn(Math, 'random').mockReturnValue(1);
}

/** Resolves with what the call came to, a result or an error, while time passes. */
export async function settle(call: Promise<unknown>): Promise<unknown> {
  const state = { isOver: false };
  const outcome = call.then(
    (value) => ((state.isOver = true), value),
    (error: unknown) => ((state.isOver = true), error),
  );
  while (!state.isOver) await vi.advanceTimersToNextTimerAsync();
  return await outcome;
}

/** Creates a service from a script. */
export function scriptService(...script: readonly Script[]): ScriptedService {
  const sent: Sent[] = [];
  let last: number | null = null;
  return {
    sent,
    keys: () => [...new Set(sent.map(({ headers }) => headers.get('Idempotency-Key')))],
    async fetch(input, { method = 'GET', headers, body, signal } = {}) {
      const now = performance.now();
      sent.push({
        method,
        url: input instanceof Request ? input.url : input.toString(),
        headers: new Headers(headers),
        body: typeof body === 'string' ? body : null,
        pauseMs: now - (last ?? now),
      });
      last = now;
      const line = script[Math.min(sent.length, script.length) - 1];
      if (line instanceof Response) return line.clone();
      if (line === 'lost') throw new TypeError('fetch failed');
      return await new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason as Error));
      });
    },
  };
}

const RESERVATION = {
  reservation_id: 'RES-1',
  status: 'RESERVATION_CONFIRMED',
  transaction_id: 'TXN-1',
  message: 'Payment approved',
};

/** An answer with a reservation. */
export function reservation(status: 200 | 202, members: object = {}, headers: Record<string, string> = {}): Response {
  return Response.json({ ...RESERVATION, ...members }, { status, headers });
}

/** An answer with an error of the service. */
export function problem(status: number, code: string, headers: Record<string, string> = {}): Response {
  return Response.json({ status, code, detail: `detail of ${code}`, request_id: 'r-1' }, { status, headers });
}
