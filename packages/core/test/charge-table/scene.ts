import { createMemoryStore } from '../../src/adapters/memory/index.ts';
import { summaryOf } from '../../src/application/commands/handle-command.ts';
import { loadReservation, type LoadedReservation } from '../../src/application/commands/load-reservation.ts';
import { chargeReservation, type GiveUp } from '../../src/application/payments/charge-reservation.ts';
import { chargeIdOf } from '../../src/domain/charge-id.ts';
import type { PaymentOutcome } from '../../src/domain/payment-outcome.ts';
import {
  confirmed,
  created,
  escalated,
  failed,
  type PaymentUnresolved,
  type ReservationEvent,
} from '../../src/domain/reservation/events.ts';
import { encodeEvent } from '../../src/domain/reservation/stored-event.ts';
import type { Observation } from '../../src/ports/observer.ts';
import type { ReservationStore } from '../../src/ports/reservation-store.ts';
import { EXAMPLE_TIME, exampleAppend, exampleEvent, exampleId } from '../../src/testing/builders.ts';
import { createManualRuntime } from '../../src/testing/manual-runtime.ts';
import { createScriptedGateway } from '../../src/testing/scripted-gateway.ts';
import type { Answer, Attempt, Effects, Key, Lease, Run, Stage } from './table.ts';

/** One run of charging, with the reservation that it finds. */
export interface Scene {
  readonly run: Run;
  readonly attempt: Attempt;
  readonly giveUp: GiveUp;
  readonly stage: Stage;
  readonly lease: Lease;
  readonly answer: Answer;
  readonly key: Key;
  /** Whether the run knows the events behind the first, or finds them by a conflict. */
  readonly knows: 'the stream as it is' | 'the first event';
}

const ID = exampleId(1);
const CHARGE = { kind: 'charge', id: chargeIdOf(ID) } as const;
const KEY = { scope: 'anonymous', key: 'k' };
const OWNER = 'the run';
const OTHER = 'another worker';
const RETRY_AFTER_MS = 7_000;

/** Charges once in this scene, by the real code over a memory store, and returns what the run left behind. */
export async function playScene(scene: Scene): Promise<Effects> {
  const runtime = createManualRuntime();
  const store = createMemoryStore();
  const now = runtime.clock.now();
  const first = await prepare(store, scene, now);
  const before = await look(store);
  const observations: Observation[] = [];
  const gateway = createScriptedGateway();
  gateway.script(() => outcomeOf(scene.attempt));
  const cancelled = new AbortController().signal;
  const after = await chargeReservation(
    {
      store,
      gateway,
      runtime,
      observer: (seen) => observations.push(seen),
      tracer: null,
      isStopping: () => false,
      cancelled,
    },
    {
      id: ID,
      loaded: scene.knows === 'the first event' ? first : await loadReservation(store.events, ID),
      by: scene.run,
      owner: OWNER,
      sendUntil: now + 1_000,
      retryAt: () => now + RETRY_AFTER_MS,
      previousOutcome: scene.run === 'request' ? null : { kind: 'unknown', cause: 'process-died', detail: 'earlier' },
      answerUnknownAs: scene.answer,
      key: scene.key === 'yes' ? KEY : null,
      giveUp: scene.giveUp,
      signal: cancelled,
    },
  );
  const left = await look(store);
  if (JSON.stringify(after) !== JSON.stringify(summaryOf(ID, left.loaded)))
    throw new Error('the answer is not what is stored');
  return {
    events: left.events.slice(before.events.length),
    queue: queueOf(before, left, now + RETRY_AFTER_MS),
    key: left.key === before.key ? 'kept' : 'free',
    observations: observations.map(({ kind }) => kind).filter((kind) => kind !== 'charge-ended'),
    answer: after.stage,
  };
}

/** Writes the reservation's events, its row in the queue and its key. Returns the stream after its first event. */
async function prepare(store: ReservationStore, scene: Scene, now: number): Promise<LoadedReservation> {
  const money = { amountMinor: 1_050, currency: 'EUR', decimals: 2 };
  const owner = scene.lease === 'held' ? OWNER : OTHER;
  const events = [
    created({ userId: 'u1', money, reference: null, metadata: {} }, EXAMPLE_TIME),
    ...eventsTo(scene.stage),
  ];
  let first: LoadedReservation | null = null;
  for (const [index, event] of events.entries()) {
    const isOut = event.type !== 'RESERVATION_CREATED' && event.type !== 'PAYMENT_UNRESOLVED';
    await store.events.append(
      exampleAppend(ID, {
        expected: index === 0 ? 'none' : index,
        events: [exampleEvent(index + 1, encodeEvent(event))],
        inlineWrites: {
          summary: null,
          work:
            index === 0
              ? { change: 'enqueue', ...CHARGE, owner, openedAt: now, leaseUntil: now + 20_000 }
              : isOut
                ? { change: 'remove', ...CHARGE, onlyIfLeasedBy: null }
                : { change: 'keep' },
          key: index === 0 && scene.key === 'yes' ? { kind: 'claim', ...KEY, fingerprint: 'f' } : { kind: 'keep' },
        },
      }),
    );
    first ??= await loadReservation(store.events, ID);
  }
  if (first === null) throw new Error('the stream has events');
  return first;
}

function eventsTo(stage: Stage): readonly ReservationEvent[] {
  const unresolved = (answeredAs: Answer): PaymentUnresolved => ({
    type: 'PAYMENT_UNRESOLVED',
    data: { cause: 'deadline-exceeded', detail: '5 s', answeredAs, at: EXAMPLE_TIME },
  });
  switch (stage) {
    case 'processing':
      return [];
    case 'unresolved':
      return [unresolved('pending')];
    case 'unresolved told failed':
      return [unresolved('failed')];
    case 'escalated':
      return [escalated('settlement-gave-up', '1 h', null, EXAMPLE_TIME)];
    case 'escalated told failed':
      return [unresolved('failed'), escalated('answered-failed', '5 s', null, EXAMPLE_TIME)];
    case 'escalated charge found':
      return [unresolved('failed'), escalated('charged-after-failed-answer', 'ok', 'TXN-1', EXAMPLE_TIME)];
    case 'confirmed':
      return [confirmed('TXN-1', 'ok', { kind: 'payment-service' }, EXAMPLE_TIME)];
    case 'failed':
      return [failed('declined', 'no funds', { kind: 'payment-service' }, EXAMPLE_TIME)];
  }
}

function outcomeOf(attempt: Attempt): PaymentOutcome {
  switch (attempt) {
    case 'approved':
      return { kind: 'approved', transactionId: 'TXN-1', message: 'ok' };
    case 'other charge':
      return { kind: 'approved', transactionId: 'TXN-2', message: 'ok' };
    case 'declined':
    case 'refused':
      return { kind: attempt, message: 'no' };
    case 'not-sent':
      return { kind: attempt, cause: 'no-connection', detail: 'refused' };
    case 'unknown':
      return { kind: attempt, cause: 'deadline-exceeded', detail: '5 s' };
  }
}

interface Look {
  readonly loaded: LoadedReservation;
  /** Types, with the reason of those that have one. */
  readonly events: readonly string[];
  /** The row of the payment, or null when it is not in the queue. */
  readonly row: { readonly owner: string | null; readonly dueAt: number; readonly lastOutcome: string | null } | null;
  readonly key: 'bound' | 'free';
}

async function look(store: ReservationStore): Promise<Look> {
  const events = await store.events.readStream(ID, { after: 0, limit: 10 });
  const [row = null] = await store.work.list({ kind: 'charge', limit: 1 });
  return {
    loaded: await loadReservation(store.events, ID),
    events: events.map(({ type, data: { reason } }) => (typeof reason === 'string' ? `${type} ${reason}` : type)),
    row,
    key: (await store.view.findByKey(KEY)) === null ? 'free' : 'bound',
  };
}

function queueOf(before: Look, after: Look, retryAt: number): string {
  const { row } = after;
  if (row === null) return 'out';
  if (JSON.stringify(row) === JSON.stringify(before.row)) return 'kept';
  const isBack = row.owner === null && row.dueAt === retryAt && row.lastOutcome !== null;
  return isBack ? 'back' : `changed to ${JSON.stringify(row)}`;
}
