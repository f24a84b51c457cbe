import type { ReservationEvidence, EvidenceByReservation } from '../evidence/reservation-evidence.ts';
import type { Evidence } from '../evidence/evidence.ts';
import {
  answering,
  call,
  first,
  lastEvent,
  postOf,
  settled,
  TWIN_ID,
  withEvent,
  withExchange,
  withLedgerLine,
  withTwin,
} from './material.ts';

/** A way to falsify good evidence, and the invariant that it then breaks. */
export interface Falsification {
  readonly name: string;
  readonly breaks: string;
  apply(evidence: Evidence, reservations: EvidenceByReservation): Partial<Evidence>;
}

const charge = (reservations: EvidenceByReservation): ReturnType<typeof settled>['charges'][number] =>
  first(settled(reservations, 'confirmed').charges, 'charge');

const MONEY: readonly Falsification[] = [
  {
    name: 'a charge is missing in the ledger',
    breaks: '3 confirmed means charged, with the same transaction',
    apply: (evidence, reservations) => withLedgerLine(evidence, charge(reservations), null),
  },
  {
    name: 'a charge has another transaction id',
    breaks: '3 confirmed means charged, with the same transaction',
    apply: (evidence, reservations) => withLedgerLine(evidence, charge(reservations), { transaction_id: 'TXN-other' }),
  },
  {
    name: 'a charge is in the ledger twice',
    breaks: '1 charged at most once',
    apply: ({ ledger }, reservations) => ({
      ledger: [...ledger, { ...charge(reservations), transaction_id: 'TXN-again' }],
    }),
  },
  {
    name: 'a charge is of nobody',
    breaks: '2 nothing is sent or charged before it is reserved',
    apply: ({ ledger }, reservations) => ({
      ledger: [...ledger, { ...charge(reservations), reservation_id: TWIN_ID }],
    }),
  },
  {
    name: 'a charge is older than its reservation',
    breaks: '2 nothing is sent or charged before it is reserved',
    apply: (evidence, reservations) =>
      withLedgerLine(evidence, charge(reservations), { at: '2000-01-01T00:00:00.000Z' }),
  },
  {
    name: 'a charge is too high',
    breaks: '19 reserved and charged amounts are equal',
    apply: (evidence, reservations) =>
      withLedgerLine(evidence, charge(reservations), { amount: charge(reservations).amount + 0.01 }),
  },
  {
    name: 'a charge is in another currency',
    breaks: '19 reserved and charged amounts are equal',
    apply: (evidence, reservations) => withLedgerLine(evidence, charge(reservations), { currency: 'CHF' }),
  },
  {
    name: 'what failed was charged',
    breaks: '4 failed means never charged',
    apply: ({ ledger }, reservations) => ({
      ledger: [...ledger, { ...charge(reservations), reservation_id: settled(reservations, 'failed').id }],
    }),
  },
  {
    name: 'a decline is missing in the ledger',
    breaks: '5 an unknown outcome is no verdict',
    apply: (evidence, reservations) => {
      const { declines } = settled(reservations, 'failed', (reservation) => reservation.declines.length > 0);
      return withLedgerLine(evidence, first(declines, 'decline'), null);
    },
  },
  {
    name: 'what failed as not sent had arrived',
    breaks: '5 an unknown outcome is no verdict',
    apply: ({ calls }, reservations) => {
      const { id } = settled(reservations, 'failed', ({ row }) => row?.failureReason === 'not-sent');
      return { calls: [...calls, ...call(id, 1, Date.now())] };
    },
  },
  {
    name: 'an request was for another amount',
    breaks: '19 ordered and reserved amounts are equal',
    apply: (evidence, reservations) => {
      const post = postOf(settled(reservations, 'confirmed'));
      const request = { ...post.request, amountMinor: post.request.amountMinor + 1 };
      return withExchange(evidence, post, { ...post, request });
    },
  },
];

const SETTLEMENT: readonly Falsification[] = [
  {
    name: 'a verdict is missing',
    breaks: '6 everything open is settled or escalated',
    apply: ({ events }, reservations) => {
      const verdict = lastEvent(settled(reservations, 'confirmed'));
      return { events: events.filter((event) => event !== verdict) };
    },
  },
  {
    name: 'a payment was given to a person at once',
    breaks: '6 a person is asked only when nothing else helps',
    apply: (evidence, reservations) => {
      const verdict = lastEvent(settled(reservations, 'confirmed'));
      const data = { reason: 'settlement-gave-up', detail: '', transactionId: null, at: verdict.data['at'] };
      return withEvent(evidence, verdict, { type: 'PAYMENT_ESCALATED', data });
    },
  },
  {
    name: 'the gauge counts one too many',
    breaks: '6 the gauge of open payments is right',
    apply: ({ open }) => ({ open: open + 1 }),
  },
  {
    name: 'four calls arrived before the answer',
    breaks: '14 at most 3 calls for a request',
    apply: ({ calls }, reservations) => {
      const reservation = settled(reservations, 'confirmed');
      const { beganAt } = postOf(reservation);
      return { calls: [...calls, ...[1, 2, 3, 4].flatMap((number) => call(reservation.id, 100 + number, beganAt))] };
    },
  },
  {
    name: 'without idempotency a payment was sent twice',
    breaks: '15 without idempotency nothing is sent twice',
    apply: ({ calls }, reservations) => {
      const { id } = settled(reservations, 'confirmed');
      return { idempotency: 'none', calls: [...calls, ...call(id, 100, Date.now()), ...call(id, 101, Date.now())] };
    },
  },
];

const LOG: readonly Falsification[] = [
  {
    name: 'an event follows the verdict',
    breaks: '8 one verdict, and it is the last event',
    apply: ({ events }, reservations) => {
      const verdict = lastEvent(settled(reservations, 'confirmed'));
      return { events: [...events, { ...verdict, version: verdict.version + 1, position: events.length + 1 }] };
    },
  },
  {
    name: 'a version is left out',
    breaks: '9 versions are 1 to n',
    apply: (evidence, reservations) => {
      const verdict = lastEvent(settled(reservations, 'confirmed'));
      return withEvent(evidence, verdict, { version: verdict.version + 1 });
    },
  },
  {
    name: 'a position is left out',
    breaks: '10 positions are 1 to n',
    apply: ({ events }) => ({ events: events.filter(({ position }) => position !== 2) }),
  },
  {
    name: 'the follower missed an event',
    breaks: '10 who follows the log sees each event once and in request',
    apply: ({ follower }) => ({ follower: { eventIds: follower.eventIds.toSpliced(1, 1) } }),
  },
  {
    name: 'the follower saw an event twice',
    breaks: '10 who follows the log sees each event once and in request',
    apply: ({ follower }) => ({ follower: { eventIds: [...follower.eventIds, first(follower.eventIds, 'event')] } }),
  },
  {
    name: 'a row of the view is old',
    breaks: '11 the view is the folded stream',
    apply: ({ view }, reservations) => {
      const { id } = settled(reservations, 'confirmed');
      return { view: view.map((row) => (row.reservationId === id ? { ...row, version: row.version - 1 } : row)) };
    },
  },
  {
    name: 'the store does not verify',
    breaks: '11 the store verifies',
    apply: () => ({ storeFaults: ['a checksum is wrong'] }),
  },
];

/** Evidence with an escalation, because the caller was told FAILED, in place of a verdict. */
function escalatedInstead(evidence: Evidence, reservation: ReservationEvidence): Partial<Evidence> {
  const verdict = lastEvent(reservation);
  const data = { reason: 'answered-failed', detail: '', transactionId: null, at: verdict.data['at'] };
  return withEvent(evidence, verdict, { type: 'PAYMENT_ESCALATED', data });
}

const CLIENTS: readonly Falsification[] = [
  {
    name: 'a reservation that was acknowledged is gone',
    breaks: '7 what was acknowledged is there',
    apply: ({ events, view }, reservations) => {
      const { id } = settled(reservations, 'failed');
      return {
        events: events.filter(({ stream }) => stream !== id),
        view: view.filter(({ reservationId }) => reservationId !== id),
      };
    },
  },
  {
    name: 'a reservation that was acknowledged could not be read',
    breaks: '7 what was acknowledged is there',
    apply: (evidence, reservations) => {
      const { exchanges } = settled(reservations, 'confirmed');
      const look = first(exchanges.toReversed(), 'look', ({ method }) => method === 'GET');
      const result = {
        kind: 'answer',
        status: 404,
        replayed: false,
        body: { detail: 'Reservation not found' },
      } as const;
      return withExchange(evidence, look, { ...look, result });
    },
  },
  {
    name: 'an answer tells another amount',
    breaks: '11 an answer shows the folded stream',
    apply: (evidence, reservations) => {
      const post = postOf(settled(reservations, 'confirmed'));
      return withExchange(evidence, post, answering(post, { amount: 0.01 }));
    },
  },
  {
    name: 'a later answer tells less',
    breaks: '18 a status never goes back',
    apply: (evidence, reservations) => {
      const { exchanges } = settled(reservations, 'confirmed');
      const look = first(exchanges.toReversed(), 'look', ({ method }) => method === 'GET');
      return withExchange(evidence, look, answering(look, { status: 'RESERVATION_CREATED', version: 1 }));
    },
  },
  {
    name: 'a status code is not documented',
    breaks: 'answers have the documented status codes',
    apply: (evidence, reservations) => {
      const post = postOf(settled(reservations, 'confirmed'));
      if (post.result.kind !== 'answer') return {};
      return withExchange(evidence, post, { ...post, result: { ...post.result, status: 500 } });
    },
  },
  {
    name: 'a key made two reservations',
    breaks: '12 one key makes one reservation, and another only after it failed unsent',
    apply: (evidence, reservations) =>
      withTwin(
        evidence,
        settled(reservations, 'confirmed', (reservation) => postOf(reservation).idempotencyKey !== null),
      ),
  },
  {
    name: 'a key brought back what was never sent',
    breaks: '12 the key of what was never sent is free again',
    apply: ({ exchanges }, reservations) => {
      const unsent = settled(
        reservations,
        'failed',
        (reservation) => reservation.row?.failureReason === 'not-sent' && postOf(reservation).idempotencyKey !== null,
      );
      const post = postOf(unsent);
      const [began, ended] = [post.ended + 0.1, post.ended + 0.2];
      return { exchanges: [...exchanges, { ...post, began, ended }] };
    },
  },
  {
    name: 'a payment was sent after FAILED was told',
    breaks: 'D nothing is sent after FAILED was told',
    apply: (evidence, reservations) => {
      const reservation = settled(reservations, 'confirmed');
      const calls = [1, 2, 3].flatMap((number) => call(reservation.id, 200 + number, Date.now()));
      return { ...escalatedInstead(evidence, reservation), calls: [...evidence.calls, ...calls] };
    },
  },
  {
    name: 'FAILED was told of a payment that is open',
    breaks: 'D FAILED is told only of what failed or an operator was asked about',
    apply: (evidence, reservations) => {
      const reservation = settled(reservations, 'confirmed');
      const post = postOf(reservation);
      const told = withExchange(evidence, post, answering(post, { status: 'RESERVATION_FAILED' }));
      return { ...told, events: evidence.events.filter((event) => event !== lastEvent(reservation)) };
    },
  },
  {
    name: 'a charge that the ledger has was left to an operator',
    breaks: 'D what the ledger proves is closed',
    apply: (evidence, reservations) => escalatedInstead(evidence, settled(reservations, 'confirmed')),
  },
  {
    name: 'an request without a key made two reservations',
    breaks: '12 one request without a key makes at most one reservation',
    apply: (evidence, reservations) =>
      withTwin(
        evidence,
        settled(reservations, 'confirmed', (reservation) => postOf(reservation).idempotencyKey === null),
      ),
  },
  {
    name: 'an invalid request made a reservation',
    breaks: '13 an invalid request leaves no trace',
    apply: (evidence, reservations) => {
      const post = postOf(settled(reservations, 'confirmed'));
      return withExchange(evidence, post, { ...post, valid: false });
    },
  },
  {
    name: 'a reservation was ordered by nobody',
    breaks: 'every reservation was ordered',
    apply: ({ exchanges }, reservations) => {
      const { request } = postOf(settled(reservations, 'confirmed'));
      return {
        exchanges: exchanges.filter(
          (exchange) => exchange.method === 'GET' || exchange.request.userId !== request.userId,
        ),
      };
    },
  },
  {
    name: 'a verdict was contradicted',
    breaks: 'no verdict contradicts what stands',
    apply: () => ({ contradictions: ['{"kind":"contradiction"}'] }),
  },
  {
    name: 'a server raised an alarm about its store',
    breaks: 'the database keeps what it was given',
    apply: () => ({ storeAlarms: ['{"kind":"store-alarm"}'] }),
  },
  {
    name: 'a process ended by itself',
    breaks: 'a process ends only when it is made to',
    apply: () => ({ incidents: ['server-1 ended with exit code 1'] }),
  },
];

/** Every way to falsify that is known. */
export const FALSIFICATIONS: readonly Falsification[] = [...MONEY, ...SETTLEMENT, ...LOG, ...CLIENTS];
