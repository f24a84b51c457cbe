/** A request for a reservation. */
export interface ReservationRequest {
  /** Unique to this request: what carries it was caused by this request. */
  readonly userId: string;
  readonly amountMinor: number;
  readonly decimals: number;
  readonly currency: string;
}

/** The result of an HTTP request. */
export type Result =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly replayed: boolean;
      readonly body: Readonly<Record<string, unknown>>;
    }
  /** The connection was refused: the request was not received. */
  | { readonly kind: 'refused' }
  /** The connection broke or the time-out passed: the client does not know whether the request was executed. */
  | { readonly kind: 'broken'; readonly error: string };

interface Timed {
  /** The URL of the server. */
  readonly server: string;
  /** Ticks of a counter that counts every start and end, so that all exchanges are ordered. */
  readonly began: number;
  readonly ended: number;
  /** Milliseconds since the epoch. */
  readonly beganAt: number;
  readonly endedAt: number;
  readonly result: Result;
}

/** A POST of a reservation. */
export interface PostExchange extends Timed {
  readonly method: 'POST';
  readonly request: ReservationRequest;
  readonly idempotencyKey: string | null;
  /** False for an invalid request. */
  readonly valid: boolean;
}

/** A GET of a reservation. */
export interface GetExchange extends Timed {
  readonly method: 'GET';
  readonly reservationId: string;
}

/** One request and its result, as the client saw them. */
export type Exchange = PostExchange | GetExchange;

/** A reservation as an answer shows it. */
export interface Shown {
  readonly reservationId: string;
  readonly status: string;
  /** Null when the answer does not show it. */
  readonly version: number | null;
}

/** The reservation that an exchange's answer shows; null when it shows none. */
export function shownIn({ result }: Exchange): Shown | null {
  if (result.kind !== 'answer') return null;
  const { detail } = result.body;
  const holder = typeof detail === 'object' && detail !== null ? (detail as Record<string, unknown>) : result.body;
  const { reservation_id: reservationId, status, version } = holder;
  if (typeof reservationId !== 'string' || typeof status !== 'string') return null;
  return { reservationId, status, version: typeof version === 'number' ? version : null };
}

/** The reservation that an exchange concerns, as far as its client knows. */
export function reservationIdOf(exchange: Exchange): string | null {
  return exchange.method === 'GET' ? exchange.reservationId : (shownIn(exchange)?.reservationId ?? null);
}
