import type { Observation, Observer, PaymentOutcome, StoreAlarm } from '@reservations/core';
import { type Logger, pino } from 'pino';
import type { LogLevel } from '../config/log-level.ts';
import { traceFields } from './trace-fields.ts';
import { createLogDestination } from './log-destination.ts';
import { standardOutput } from './output/standard-streams.ts';

/**
 * Makes a log of JSON lines on standard output. Writing never holds up the process: while standard output cannot be
 * written or its reader stands still, lines are lost, and their number is a line of the log once writing works again.
 */
export function createLogger(level: LogLevel): Logger {
  return createCountedLogger(level).logger;
}

/**
 * Makes the log of {@link createLogger}, with the number of lines that it has lost. Lines name the trace of the W3C trace
 * context that `activeTrace` returns when they are written.
 */
export function createCountedLogger(
  level: LogLevel,
  activeTrace: () => string | null = () => null,
): { readonly logger: Logger; linesLost(): number } {
  const destination = createLogDestination(standardOutput(), describeLoss);
  const logger = pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: levelName },
      mixin: () => traceFields(activeTrace()),
    },
    destination,
  );
  return { logger, linesLost: () => destination.linesLost() };
}

/** Returns a line in the logger's form. It is written at every level but "silent". */
function describeLoss(lines: number): string {
  const msg = `${lines} log lines were lost: standard output could not be written, or its reader was too slow`;
  const line = { level: 'warn', time: new Date().toISOString(), kind: 'log-lines-lost', lines, msg };
  return `${JSON.stringify(line)}\n`;
}

function levelName(label: string): { readonly level: string } {
  return { level: label };
}

/**
 * Makes an observer that logs the observations of engine, subscriptions and store. What needs an operator is an error line with
 * `alarm: true`. Takes any pino logger; {@link createLogger} makes one.
 */
export function logObserver(log: Logger): Observer {
  return (observation) => {
    const { kind } = observation;
    switch (observation.kind) {
      case 'appends-committed':
      case 'attempt-ended':
      case 'settlement-looked':
        // For metrics: one line for each would drown the others.
        return;
      case 'charge-ended':
        logCharge(log, observation);
        return;
      case 'contradiction':
      case 'payment-escalated':
      case 'payment-misconfigured': {
        const { kind, reservationId, ...why } = observation;
        log.error({ alarm: true, kind, reservation_id: reservationId, ...why }, ALARMS[kind]);
        return;
      }
      case 'payment-certificates':
        if (observation.inUse)
          log.info({ kind, detail: observation.detail }, 'certificates for the payment service changed');
        else log.error({ alarm: true, kind, detail: observation.detail }, ALARMS[observation.kind]);
        return;
      case 'subscription-stopped':
      case 'subscription-skipped': {
        const { kind, ...facts } = observation;
        log.error({ alarm: true, kind, ...facts }, ALARMS[kind]);
        return;
      }
      case 'charge-fault':
        log.error({ kind, reservation_id: observation.reservationId, err: observation.error }, CHARGE_FAULT);
        return;
      case 'lease-lost':
        log.warn({ kind, reservation_id: observation.reservationId }, 'another worker took the payment over');
        return;
      case 'settlement-fault':
        log.warn({ kind, reservation_id: observation.reservationId, err: observation.error }, 'settlement had a fault');
        return;
      case 'subscription-retry': {
        const { kind, error: err, ...facts } = observation;
        log.warn({ kind, ...facts, err }, 'a subscription could not handle an event, and tries again');
        return;
      }
      case 'subscription-lost':
        log.warn({ kind, subscription: observation.subscription }, 'another process took the subscription over');
        return;
      case 'store-alarm':
        logStoreAlarm(log, observation);
        return;
      case 'feed-fault':
        log.warn({ kind, subscription: observation.subscription, err: observation.error }, 'the feed had a fault');
        return;
    }
  };
}

const ALARMS = {
  contradiction: 'a verdict contradicts what stands: an operator is needed',
  'payment-escalated': 'a payment could not be settled: an operator is needed',
  'payment-certificates': 'changed certificates for the payment service cannot be used; the earlier ones stay in use',
  'payment-misconfigured':
    'the payment service refuses our credentials or permissions, or a certificate is not accepted',
  'subscription-stopped': 'a subscription stands still at an event that it cannot handle: an operator is needed',
  'subscription-skipped': 'a subscription left out an event that it cannot handle',
} as const;

const STORE_ALARMS: Readonly<Record<StoreAlarm, string>> = {
  'asynchronous-replication': 'commits wait for no standby: a failover can lose acknowledged reservations',
  'unsuitable-settings': 'a setting of the database is not what the store needs',
  'log-lost-its-end': 'the database has lost acknowledged events: an operator has to stop the servers and reconcile',
};

function logStoreAlarm(log: Logger, observation: Extract<Observation, { kind: 'store-alarm' }>): void {
  const { kind, alarm, raised, detail } = observation;
  const line = { kind, store_alarm: alarm, raised, detail };
  if (raised) log.error({ alarm: true, ...line }, STORE_ALARMS[alarm]);
  else log.info(line, 'an alarm of the store is over');
}

const CHARGE_FAULT = 'a reservation stands whose charge could not be made or recorded: settlement takes it up';

function logCharge(log: Logger, observation: Extract<Observation, { kind: 'charge-ended' }>): void {
  const { outcome, by, durationMs, reservationId, kind } = observation;
  const line = { kind, reservation_id: reservationId, outcome: outcome.kind, by, duration_ms: durationMs };
  const cause = causeOf(outcome);
  if (cause === null) log.debug(line, 'a charge ended');
  else log.warn({ ...line, ...cause }, 'a charge ended without a verdict');
}

function causeOf(outcome: PaymentOutcome): { readonly cause: string; readonly detail: string } | null {
  switch (outcome.kind) {
    case 'approved':
    case 'declined':
    case 'refused':
      return null;
    case 'not-sent':
    case 'unknown':
      return { cause: outcome.cause, detail: outcome.detail };
  }
}
