import type { ReservationEvidence } from '../evidence/reservation-evidence.ts';
import type { Violation } from '../checks/check.ts';
import { shownIn } from '../workload/exchange.ts';
import type { Outcome } from './outcome.ts';
import { FAILPOINTS } from '../processes/failpoints.ts';

/** The figures of a run. */
export interface Figures {
  readonly requests: number;
  /** Requests whose connection broke before an answer. */
  readonly broken: number;
  readonly confirmedOrDeclined: number;
  readonly unknown: number;
  readonly unavailable: number;
  readonly kills: number;
  readonly reservations: number;
  readonly charges: number;
  /** Reads of a reservation at another server than one that had answered before. */
  readonly readsElsewhere: number;
  /** Reservations whose outcome was unknown or whose process died, by how they ended. */
  readonly unknownThen: { readonly confirmed: number; readonly failed: number; readonly escalated: number };
  /** Milliseconds from a reservation's first event to the event that settled it. */
  readonly settleMs: { readonly p50: number; readonly p99: number; readonly max: number };
}

/** Counts the figures. */
export function figuresOf({ evidence, reservations, counters }: Outcome): Figures {
  const { exchanges, ledger, view } = evidence;
  const posts = exchanges.filter(({ method }) => method === 'POST');
  const answered = (status: number): number =>
    posts.filter((post) => post.result.kind === 'answer' && post.result.status === status && shownIn(post)).length;
  const durations = reservations.all
    .flatMap((reservation) => settleMsOf(reservation) ?? [])
    .sort((one, other) => one - other);
  const quantile = (part: number): number => durations[Math.ceil(part * durations.length) - 1] ?? 0;
  const endedAs = (stage: string): number =>
    reservations.all.filter((reservation) => reservation.row?.stage === stage && wasUnknown(reservation)).length;
  return {
    requests: exchanges.length,
    broken: exchanges.filter(({ result }) => result.kind === 'broken').length,
    confirmedOrDeclined: answered(200),
    unknown: answered(202),
    unavailable: answered(503),
    kills: counters.kills + counters.failpointKills,
    reservations: view.length,
    readsElsewhere: reservations.all.reduce((sum, reservation) => sum + readsElsewhere(reservation), 0),
    charges: ledger.filter(({ result }) => result === 'charged').length,
    unknownThen: { confirmed: endedAs('confirmed'), failed: endedAs('failed'), escalated: endedAs('escalated') },
    settleMs: { p50: quantile(0.5), p99: quantile(0.99), max: quantile(1) },
  };
}

function readsElsewhere({ exchanges }: ReservationEvidence): number {
  const answered = exchanges.filter((exchange) => shownIn(exchange) !== null);
  return answered.filter(
    ({ method, server, began }) =>
      method === 'GET' && answered.some((earlier) => earlier.ended < began && earlier.server !== server),
  ).length;
}

/** True when an event says so, or when no POST was answered. */
function wasUnknown({ events, exchanges }: ReservationEvidence): boolean {
  const said = events.some(({ type }) => type === 'PAYMENT_UNRESOLVED' || type === 'PAYMENT_ESCALATED');
  return said || !exchanges.some((exchange) => exchange.method === 'POST' && shownIn(exchange) !== null);
}

const SETTLED: ReadonlySet<string> = new Set(['RESERVATION_CONFIRMED', 'RESERVATION_FAILED', 'PAYMENT_ESCALATED']);

function settleMsOf({ events }: ReservationEvidence): number | null {
  const [created] = events;
  const settled = events.find(({ type }) => SETTLED.has(type));
  if (created === undefined || settled === undefined) return null;
  return Date.parse(String(settled.data['at'])) - Date.parse(String(created.data['at']));
}

/** The table at the end of a run. */
export function tableOf(outcome: Outcome): string {
  const { counters, failpointHits, violations } = outcome;
  const { unknownThen, settleMs, ...figures } = figuresOf(outcome);
  const failpoints = FAILPOINTS.map((name) => `${name} ${failpointHits.get(name) ?? 0}`).join(', ');
  const rows: readonly (readonly [string, string])[] = [
    ['requests', `${figures.requests}, ${figures.broken} of them with a broken connection`],
    ['answers 200 / 202 / 503', `${figures.confirmedOrDeclined} / ${figures.unknown} / ${figures.unavailable}`],
    ['kills of servers', `${figures.kills}, ${counters.failpointKills} of them at a failpoint`],
    ['failpoints', failpoints],
    [
      'pauses, long pauses, stops, refusals',
      `${counters.pauses}, ${counters.longPauses}, ${counters.stops}, ${counters.refusals}`,
    ],
    ['payment service', `${counters.sandboxKills} kills, ${counters.sandboxPauses} pauses`],
    ['faults', [...counters.faults].map(([name, times]) => `${name} ${times}`).join(', ')],
    ['reads at other servers', `${figures.readsElsewhere}`],
    ['reservations', `${figures.reservations}`],
    ['charges', `${figures.charges}`],
    [
      'unknown, then',
      `${unknownThen.confirmed} confirmed, ${unknownThen.failed} failed, ${unknownThen.escalated} escalated`,
    ],
    ['time to settle p50 / p99 / max', `${settleMs.p50} / ${settleMs.p99} / ${settleMs.max} ms`],
    ['violations', `${violations.length}`],
  ];
  const width = Math.max(...rows.map(([title]) => title.length));
  return rows.map(([title, value]) => `${title.padEnd(width)}  ${value}`).join('\n');
}

const SHOWN_MAX = 20;

/** Describes the violations, each with all evidence of its reservation. */
export function describeViolations({ violations, reservations }: Pick<Outcome, 'violations' | 'reservations'>): string {
  const byId = new Map(reservations.all.map((reservation) => [reservation.id, reservation]));
  const shown = violations.slice(0, SHOWN_MAX).map((violation) => {
    const id = violation.about ?? /RES-[0-9a-f-]{36}/.exec(violation.detail)?.[0];
    const reservation = id === undefined ? undefined : byId.get(id);
    return [headline(violation), ...(reservation === undefined ? [] : linesOf(reservation))].join('\n');
  });
  const more = violations.length - shown.length;
  return [...shown, ...(more > 0 ? [`… and ${more} more`] : [])].join('\n\n');
}

function headline({ invariant, about, detail }: Violation): string {
  return `VIOLATED: ${invariant}\n  ${about === null ? '' : `${about}: `}${detail}`;
}

function linesOf({ events, exchanges, charges, declines, calls, row }: ReservationEvidence): readonly string[] {
  return [
    ...exchanges.map((exchange) => `  answer  ${JSON.stringify(exchange)}`),
    ...events.map((event) => `  event   ${JSON.stringify(event)}`),
    `  view    ${JSON.stringify(row)}`,
    ...[...charges, ...declines].map((line) => `  ledger  ${JSON.stringify(line)}`),
    ...calls.map((call) => `  call    ${JSON.stringify(call)}`),
  ];
}
