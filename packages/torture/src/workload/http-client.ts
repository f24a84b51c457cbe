import type { Exchange, GetExchange, ReservationRequest, PostExchange, Result } from './exchange.ts';
import type { Journal } from './journal.ts';

/** Longer than three attempts and a pause beyond a lease. */
const TIMEOUT_MS = 45_000;

/** An HTTP client that records its exchanges. */
export interface Client {
  post(url: string, post: Pick<PostExchange, 'request' | 'idempotencyKey' | 'valid'>): Promise<PostExchange>;
  get(url: string, reservationId: string): Promise<GetExchange>;
}

/** Builds a client whose exchanges are recorded in the journal. */
export function createClient(journal: Journal): Client {
  async function exchangeWith<Kind extends Exchange>(
    about: Omit<Kind, 'server' | 'began' | 'ended' | 'beganAt' | 'endedAt' | 'result'>,
    server: string,
    path: string,
    init: RequestInit,
  ): Promise<Kind> {
    const [began, beganAt] = [journal.tick(), Date.now()];
    const result = await request(server + path, init);
    const exchange = { ...about, server, began, ended: journal.tick(), beganAt, endedAt: Date.now(), result } as Kind;
    journal.record(exchange);
    return exchange;
  }

  return {
    post(url, { request, idempotencyKey, valid }) {
      const headers: Record<string, string> = { 'Content-Type': 'application/json' };
      if (idempotencyKey !== null) headers['Idempotency-Key'] = idempotencyKey;
      const init = { method: 'POST', headers, body: toBody(request) };
      return exchangeWith<PostExchange>({ method: 'POST', request, idempotencyKey, valid }, url, '/reservations', init);
    },
    get: (url, reservationId) =>
      exchangeWith<GetExchange>({ method: 'GET', reservationId }, url, `/reservations/${reservationId}`, {}),
  };
}

/** Writes the amount digit by digit, so that it does not depend on arithmetic in doubles. */
function toBody({ userId, amountMinor, decimals, currency }: ReservationRequest): string {
  const digits = String(Math.abs(amountMinor)).padStart(decimals + 1, '0');
  const sign = amountMinor < 0 ? '-' : '';
  const whole = digits.slice(0, digits.length - decimals);
  const amount = decimals === 0 ? `${sign}${whole}` : `${sign}${whole}.${digits.slice(-decimals)}`;
  return `{"user_id":${JSON.stringify(userId)},"amount":${amount},"currency":${JSON.stringify(currency)}}`;
}

async function request(url: string, init: RequestInit): Promise<Result> {
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });
    const text = await response.text();
    const replayed = response.headers.get('Idempotent-Replayed') === 'true';
    return { kind: 'answer', status: response.status, replayed, body: JSON.parse(text) as Record<string, unknown> };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    if (cause instanceof Error && 'code' in cause && cause.code === 'ECONNREFUSED') return { kind: 'refused' };
    return { kind: 'broken', error: String(cause) };
  }
}
