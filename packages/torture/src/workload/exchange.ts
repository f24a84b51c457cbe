/** What a client asked for, and what it should cost. */
export interface ReservationRequest {
  /** Belongs to this request and to no other: whatever carries it was caused by this request. */
  readonly userId: string;
  readonly amountMinor: number;
  readonly decimals: number;
  readonly currency: string;
}

/** What came back. */
export type Result =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly replayed: boolean;
      readonly body: Readonly<Record<string, unknown>>;
    }
  /** The connection was refused: nobody heard the question. */
  | { readonly kind: 'refused' }
  /** The connection broke or nothing came back in time: whoever asked knows nothing. */
  | { readonly kind: 'broken'; readonly error: string };

interface Conversation {
  /** Where it was asked; another server each time. */
  readonly server: string;
  /** One clock of the harness ticks with every beginning and end: an end before a beginning came first. */
  readonly began: number;
  readonly ended: number;
  /** Milliseconds since the epoch. */
  readonly beganAt: number;
  readonly endedAt: number;
  readonly result: Result;
}

/** An request that was posts. */
export interface PostExchange extends Conversation {
  readonly method: 'POST';
  readonly request: ReservationRequest;
  readonly idempotencyKey: string | null;
  /** False for an request that no service may accept. */
  readonly valid: boolean;
}

/** A look at a reservation. */
export interface GetExchange extends Conversation {
  readonly method: 'GET';
  readonly reservationId: string;
}

/** One request and what came of it, as its client saw it. */
export type Exchange = PostExchange | GetExchange;

/** What an answer says of a reservation. */
export interface Shown {
  readonly reservationId: string;
  readonly status: string;
  /** Null when the answer does not tell it. */
  readonly version: number | null;
}

/** What an exchange showed of a reservation; null when it showed none. */
export function shownIn({ result }: Exchange): Shown | null {
  if (result.kind !== 'answer') return null;
  const { detail } = result.body;
  const holder = typeof detail === 'object' && detail !== null ? (detail as Record<string, unknown>) : result.body;
  const { reservation_id: reservationId, status, version } = holder;
  if (typeof reservationId !== 'string' || typeof status !== 'string') return null;
  return { reservationId, status, version: typeof version === 'number' ? version : null };
}

/** The reservation that an exchange is about, as far as its client knows. */
export function reservationIdOf(exchange: Exchange): string | null {
  return exchange.method === 'GET' ? exchange.reservationId : (shownIn(exchange)?.reservationId ?? null);
}
