import type { SettlementOptions } from '@reservations/core';
import type { GrpcPaymentGatewayOptions } from '@reservations/core/grpc';
import type { PaymentIdempotency } from '@reservations/core/ports';
import { type SeededRandom, seededRandom } from '@reservations/core/testing';
import { drawFaultRates, type FaultRates } from './fault-rates.ts';

/** Bounds of the charges of a server. */
export type ChargeBounds = Required<Pick<GrpcPaymentGatewayOptions, 'concurrencyMax' | 'queueMax'>>;

/** The configuration of a run, drawn from its seed before the first event (swarm testing). */
export interface Swarm {
  readonly mode: PaymentIdempotency;
  readonly answerUnknownAs: 'pending' | 'failed';
  readonly servers: number;
  readonly clients: number;
  readonly requestsPerClient: number;
  /** Length of the phase with faults. */
  readonly faultyMs: number;
  readonly settlement: Required<SettlementOptions>;
  /** Charges under way, and waiting for their turn, in one server. */
  readonly charges: ChargeBounds;
  /** Share of users whose payments never get a verdict from the payment service. */
  readonly unresolvableUsers: number;
  /** Share of users whose payments are declined or refused. */
  readonly declinedUsers: number;
  /** True when an operator resolves escalated payments. */
  readonly hasOperator: boolean;
  /** True when the view is repaired again and again. */
  readonly hasRepairer: boolean;
  readonly faults: FaultRates;
}

/** Draws the configuration of a seed. */
export function drawSwarm(seed: number): Swarm {
  const random = seededRandom(seed).fork('swarm');
  return {
    mode: random.chance(0.35) ? 'none' : 'by-reservation-id',
    answerUnknownAs: random.chance(0.3) ? 'failed' : 'pending',
    servers: random.integer(1, 4),
    clients: random.integer(1, 5),
    requestsPerClient: random.integer(2, 6),
    faultyMs: random.integer(15, 60) * 1_000,
    settlement: {
      pollMs: random.integer(500, 2_000),
      escalateAfterMs: random.integer(30, 150) * 1_000,
      escalateUnreachedAfterMs: 86_400_000,
      backoffMs: random.integer(200, 1_500),
      backoffMaxMs: random.integer(3, 10) * 1_000,
    },
    unresolvableUsers: random.chance(0.3) ? 0.12 : 0,
    declinedUsers: random.chance(0.5) ? 0.3 : 0,
    hasOperator: random.chance(0.5),
    faults: drawFaultRates(random),
    hasRepairer: random.chance(0.4),
    charges: drawChargeBounds(seededRandom(seed).fork('charges')),
  };
}

/** So few in a quarter of the runs that requests are refused. */
function drawChargeBounds(random: SeededRandom): ChargeBounds {
  return random.chance(0.25)
    ? { concurrencyMax: random.integer(1, 2), queueMax: 1 }
    : { concurrencyMax: 256, queueMax: 256 };
}
