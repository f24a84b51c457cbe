import { isDeepStrictEqual } from 'node:util';
import type { ReservationEvidence } from '../evidence/reservation-evidence.ts';
import { wireOf } from '../evidence/wire.ts';
import { type Exchange, type GetExchange, type PostExchange, shownIn } from '../workload/exchange.ts';
import type { Evidence } from '../evidence/evidence.ts';
import { type Check, eachReservation, overall } from './check.ts';

/** Compares answers with the event store and with earlier answers. */
export const ANSWER_CHECKS: readonly Check[] = [
  eachReservation('7 what was acknowledged is there', lost),
  eachReservation('11 an answer shows the folded stream', answeredOtherwise),
  eachReservation('18 a status never goes back', wentBack),
  overall('answers have the documented status codes', undocumented),
];

function lost({ exchanges, events, row }: ReservationEvidence): string | null {
  const acknowledged = exchanges.find((exchange) => shownIn(exchange) !== null);
  if (acknowledged === undefined) return null;
  if (events.length === 0 || row === null) return `${describe(acknowledged)}, but the store does not have it`;
  const missed = exchanges.find(
    ({ method, result, began }) =>
      method === 'GET' && result.kind === 'answer' && result.status === 404 && began > acknowledged.ended,
  );
  return missed === undefined ? null : `${describe(acknowledged)}, and later 404`;
}

/** An answer with a version must show exactly that version of the stream. */
function answeredOtherwise({ exchanges, summaries }: ReservationEvidence): string | null {
  for (const exchange of exchanges) {
    const shown = shownIn(exchange);
    if (shown === null || exchange.result.kind !== 'answer') continue;
    const summary = shown.version === null ? summaries.at(-1) : summaries[shown.version - 1];
    if (summary === undefined) return `${describe(exchange)}, but the stream has ${summaries.length} events`;
    const { body } = exchange.result;
    const expected = shown.version === null ? {} : wireOf(summary);
    const wrong = Object.entries(expected).filter(([field, value]) => !isDeepStrictEqual(body[field], value));
    if (wrong.length > 0) {
      const differences = wrong.map(
        ([field, value]) => `${field} is ${JSON.stringify(body[field])}, stored ${JSON.stringify(value)}`,
      );
      return `${describe(exchange)}: ${differences.join('; ')}`;
    }
  }
  return null;
}

/** A request after an answer must show at least what that answer showed, and so must the store at the end. */
function wentBack({ exchanges, summaries, events }: ReservationEvidence): string | null {
  const moments = exchanges
    .flatMap((exchange) => [
      { tick: exchange.began, exchange, ends: false },
      { tick: exchange.ended, exchange, ends: true },
    ])
    .sort((one, other) => one.tick - other.tick);
  let latest: Seen = { status: 'RESERVATION_CREATED', version: 0 };
  const knownAtBeginning = new Map<Exchange, Seen>();
  for (const { exchange, ends } of moments) {
    if (!ends) {
      knownAtBeginning.set(exchange, latest);
      continue;
    }
    const shown = shownIn(exchange);
    if (shown === null) continue;
    const before = knownAtBeginning.get(exchange) ?? latest;
    const seen = { status: shown.status, version: shown.version ?? before.version };
    if (isBehind(seen, before)) return `${describe(exchange)}, after ${before.status} at version ${before.version}`;
    if (!isBehind(seen, latest)) latest = seen;
  }
  // An operator's verdict may differ from the answer to an unknown outcome.
  if (isDecidedByOperator(events)) return null;
  const last = summaries.at(-1);
  return last !== undefined && isBehind(last, latest)
    ? `the store ends with ${last.status} at version ${last.version}, a client saw ${latest.status} at version ${latest.version}`
    : null;
}

function isDecidedByOperator(events: ReservationEvidence['events']): boolean {
  const by = events.at(-1)?.data['decidedBy'];
  return typeof by === 'object' && by !== null && 'kind' in by && by.kind === 'operator';
}

interface Seen {
  readonly status: string;
  readonly version: number;
}

function isBehind(seen: Seen, before: Seen): boolean {
  const changedVerdict = before.status !== 'RESERVATION_CREATED' && seen.status !== before.status;
  return changedVerdict || seen.version < before.version;
}

const GET_STATUSES: ReadonlySet<number> = new Set([200, 404, 503]);

/** Status codes of answers that show a reservation, by its status. */
const POST_STATUSES: Readonly<Record<string, readonly number[]>> = {
  RESERVATION_CONFIRMED: [200],
  RESERVATION_CREATED: [202],
  RESERVATION_FAILED: [200, 503],
};

/** Status codes of answers that show none: the key is in use, the request is invalid, the server starts or stops. */
const REFUSAL_STATUSES: ReadonlySet<number> = new Set([409, 422, 503]);

function* undocumented({ exchanges }: Evidence): Generator<string> {
  for (const exchange of exchanges) {
    const fine = exchange.method === 'GET' ? isDocumentedGet(exchange) : isDocumentedPost(exchange);
    if (!fine) yield `${describe(exchange)}: ${JSON.stringify(exchange)}`;
  }
}

function isDocumentedGet({ result }: GetExchange): boolean {
  return result.kind !== 'answer' || GET_STATUSES.has(result.status);
}

function isDocumentedPost(post: PostExchange): boolean {
  const { result } = post;
  if (result.kind !== 'answer') return true;
  const shown = shownIn(post);
  if (shown === null) return REFUSAL_STATUSES.has(result.status);
  return POST_STATUSES[shown.status]?.includes(result.status) ?? false;
}

/** A short description of an exchange. */
function describe(exchange: Exchange): string {
  const { method, result } = exchange;
  if (result.kind !== 'answer') return `${method} ended ${result.kind}`;
  const shown = shownIn(exchange);
  const what = shown === null ? '' : ` ${shown.status}${shown.version === null ? '' : ` at version ${shown.version}`}`;
  return `${method} was answered ${result.status}${what}`;
}
