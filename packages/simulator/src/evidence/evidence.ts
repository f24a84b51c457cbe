import type {
  AppendRequest,
  AppendResult,
  Observation,
  RecordedEvent,
  ReservationId,
  ReservationSummary,
} from '@reservations/core';
import type { SimProcess } from '../world/process.ts';

/** What a client means to do: known to the simulator, so that what comes of it can be judged. */
export interface Intent {
  /** Unique; travels as the correlation id. */
  readonly tag: string;
  readonly caller: string;
  readonly key: string | null;
  /** Null for a request that must not validate. */
  readonly expected: ExpectedCharge | null;
}

/** What a valid request must lead to, to the last digit. */
export interface ExpectedCharge {
  readonly userId: string;
  readonly amountMinor: number;
  readonly currency: string;
  readonly decimals: number;
  /** Major units, as it goes over the wire. */
  readonly amount: number;
}

/** One call to the payment service, as the sender's side sees it. */
export interface Send {
  readonly process: SimProcess;
  /** Which run of charging it belongs to. */
  readonly run: number;
  readonly startedAt: number;
  /** Null while it is under way. */
  endedAt: number | null;
  /** True when it is certain that it never left the process. */
  neverSent: boolean;
  readonly wasStopping: boolean;
  readonly wasAborted: boolean;
}

/** One call to the payment service, as the service's side sees it. */
export interface ReceivedCall {
  readonly userId: string;
  readonly amount: number;
  readonly currency: string;
  /** Whether RESERVATION_CREATED was durable when the call arrived. */
  readonly wasCreated: boolean;
}

/** A successful charge in the payment service's ledger. */
export interface Charge {
  readonly transactionId: string;
  readonly userId: string;
  readonly amount: number;
  readonly currency: string;
}

/** A reservation as an answer showed it, and what was durable at that moment. */
export interface Shown {
  readonly summary: ReservationSummary;
  /** How many events of the stream were durable when the server answered. */
  readonly durableVersion: number;
  /** How many sends for the reservation had started when the server answered. */
  readonly sendsBefore: number;
  /** The most that had been shown to anybody before the question was asked; null when nothing was. */
  readonly shownBefore: ReservationSummary | null;
  readonly intent: Intent | null;
}

/** All that is known of one reservation, from every side. */
export interface ReservationEvidence {
  readonly id: ReservationId;
  readonly events: RecordedEvent[];
  row: ReservationSummary | null;
  readonly sends: Send[];
  readonly received: ReceivedCall[];
  readonly charges: Charge[];
  /** True once the payment service has declined or refused it for good. */
  declined: boolean;
  readonly shown: Shown[];
  /** The furthest that was shown to anybody. */
  furthestShown: ReservationSummary | null;
}

/** An append with its result and the state of stream and log around it. */
export interface AppendRecord {
  readonly request: AppendRequest;
  readonly result: AppendResult;
  readonly before: readonly RecordedEvent[];
  readonly written: readonly RecordedEvent[];
  readonly logBefore: number;
}

/** What a client findings from a create. */
export interface CreateAnswer {
  readonly intent: Intent;
  readonly kind: 'reservation' | 'invalid' | 'key-reused' | 'key-in-progress';
  readonly reservationId: ReservationId | null;
  /** How many events of the log were durable when the client asked. */
  readonly logAtAsking: number;
}

/** What the simulator knows, and no server does. */
export interface Evidence {
  readonly reservations: Map<string, ReservationEvidence>;
  readonly log: RecordedEvent[];
  readonly intents: Map<string, Intent>;
  /** What the gauge of the payment queue showed after the latest append. */
  gaugeOpen: number;
  /** What the log's follower has read. */
  readonly followed: RecordedEvent[];
  /** What happened since the invariants were last checked. */
  step: StepEvidence;
}

/** What happened in one step. */
export interface StepEvidence {
  readonly touched: Set<ReservationEvidence>;
  readonly appends: AppendRecord[];
  readonly answers: CreateAnswer[];
  readonly followed: RecordedEvent[];
  readonly observations: { readonly who: string; readonly observation: Observation }[];
  /** Errors that no caller may ever see. */
  readonly undocumentedErrors: { readonly who: string; readonly error: unknown }[];
}

/** No evidence yet. */
export function createEvidence(): Evidence {
  return {
    reservations: new Map(),
    log: [],
    intents: new Map(),
    gaugeOpen: 0,
    followed: [],
    step: noStepEvidence(),
  };
}

/** The start of a step. */
export function noStepEvidence(): StepEvidence {
  return { touched: new Set(), appends: [], answers: [], followed: [], observations: [], undocumentedErrors: [] };
}

/** The evidence of a reservation, about to be changed: the invariants look at them after this step. */
export function touch(evidence: Evidence, id: ReservationId): ReservationEvidence {
  let reservation = evidence.reservations.get(id);
  if (reservation === undefined) {
    reservation = {
      id,
      events: [],
      row: null,
      sends: [],
      received: [],
      charges: [],
      declined: false,
      shown: [],
      furthestShown: null,
    };
    evidence.reservations.set(id, reservation);
  }
  evidence.step.touched.add(reservation);
  return reservation;
}

/** What a reservation was meant to be; undefined while no event says whose it is. */
export function intentOf(evidence: Evidence, { events }: ReservationEvidence): Intent | undefined {
  const [created] = events;
  return created === undefined ? undefined : evidence.intents.get(created.metadata.correlationId);
}

/** One text for a caller and a key that no other pair has. */
export function keyName(intent: Intent): string {
  return `${intent.caller}/${intent.key}`;
}
