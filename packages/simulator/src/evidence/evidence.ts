import type { Observation, RecordedEvent, ReservationId, ReservationSummary } from '@reservations/core';
import type { AppendRequest, AppendResult } from '@reservations/core/ports';
import type { SimProcess } from '../world/process.ts';

/** The intent of a request, which its result is checked against. */
export interface Intent {
  /** Unique; sent as the correlation id. */
  readonly tag: string;
  readonly caller: string;
  readonly key: string | null;
  /** Null for an invalid request. */
  readonly expected: ExpectedCharge | null;
}

/** The exact charge that a valid request asks for. */
export interface ExpectedCharge {
  readonly userId: string;
  readonly amountMinor: number;
  readonly currency: string;
  readonly decimals: number;
  /** In major units, as it is sent to the payment service. */
  readonly amount: number;
}

/** One call to the payment service, as the sender sees it. */
export interface Send {
  readonly process: SimProcess;
  /** The number of the charge run that it belongs to. */
  readonly chargeRun: number;
  readonly startedAt: number;
  /** Null while it is in progress. */
  endedAt: number | null;
  /** True when it is certain that no service executes it. */
  neverSent: boolean;
  readonly wasStopping: boolean;
  readonly wasAborted: boolean;
}

/** One call to the payment service, as the service sees it. */
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

/** A reservation as an answer showed it, with what was durable at that moment. */
export interface Shown {
  readonly summary: ReservationSummary;
  /** Durable events of the stream when the server answered. */
  readonly durableVersion: number;
  /** Sends for the reservation that had started when the server answered. */
  readonly sendsBefore: number;
  /** The latest version that any client had been shown before the request was sent; null when none had. */
  readonly shownBefore: ReservationSummary | null;
  readonly intent: Intent | null;
}

/** All evidence of one reservation: log, view, payment service and answers. */
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
  /** The latest version that any client was shown. */
  latestShown: ReservationSummary | null;
}

/** An append with its result and the state of stream and log before and after it. */
export interface AppendRecord {
  readonly request: AppendRequest;
  readonly result: AppendResult;
  readonly before: readonly RecordedEvent[];
  readonly written: readonly RecordedEvent[];
  readonly logBefore: number;
}

/** The result of a create as a client receives it. */
export interface CreateAnswer {
  readonly intent: Intent;
  readonly kind: 'reservation' | 'invalid' | 'key-reused' | 'key-in-progress';
  readonly reservationId: ReservationId | null;
  /** Durable events of the log when the client sent the request. */
  readonly logAtAsking: number;
}

/** Everything that the checks look at. Collected by the simulator; no server reads it. */
export interface Evidence {
  readonly reservations: Map<string, ReservationEvidence>;
  readonly log: RecordedEvent[];
  readonly intents: Map<string, Intent>;
  /** Tags of the requests that were answered as refused for overload. */
  readonly refused: Set<string>;
  /** Open payments by the queue's gauge, after the latest append. */
  gaugeOpen: number;
  /** Events that the follower of the log has read. */
  readonly followed: RecordedEvent[];
  /** Evidence of the present step; emptied after each check. */
  step: StepEvidence;
}

/** The evidence of one step. */
export interface StepEvidence {
  readonly touched: Set<ReservationEvidence>;
  readonly appends: AppendRecord[];
  readonly answers: CreateAnswer[];
  readonly followed: RecordedEvent[];
  readonly observations: { readonly source: string; readonly observation: Observation }[];
  /** Errors that are not documented, wherever they surfaced. */
  readonly undocumentedErrors: { readonly source: string; readonly error: unknown }[];
}

/** Builds empty evidence. */
export function createEvidence(): Evidence {
  return {
    reservations: new Map(),
    log: [],
    intents: new Map(),
    refused: new Set(),
    gaugeOpen: 0,
    followed: [],
    step: noStepEvidence(),
  };
}

/** Builds the empty evidence of a step. */
export function noStepEvidence(): StepEvidence {
  return { touched: new Set(), appends: [], answers: [], followed: [], observations: [], undocumentedErrors: [] };
}

/** Returns the evidence of a reservation for a change, and marks it for the checks after this step. */
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
      latestShown: null,
    };
    evidence.reservations.set(id, reservation);
  }
  evidence.step.touched.add(reservation);
  return reservation;
}

/** The intent that created a reservation; undefined while it has no events. */
export function intentOf(evidence: Evidence, { events }: ReservationEvidence): Intent | undefined {
  const [created] = events;
  return created === undefined ? undefined : evidence.intents.get(created.metadata.correlationId);
}

/** A text that is unique to the caller and the key. */
export function keyName(intent: Intent): string {
  return `${intent.caller}/${intent.key}`;
}
