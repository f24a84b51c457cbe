import { systemRuntime } from './adapters/system/runtime.ts';
import { standardErrorAlarms } from './adapters/system/standard-error-alarms.ts';
import { createEngine, type EngineOptions, type Reservations } from './application/engine.ts';
import type { Runtime } from './ports/runtime.ts';

/**
 * {@link EngineOptions} with defaults: clock, ids and randomness of this machine, and an observer that writes each alarm
 * once to standard error.
 */
export type ReservationsOptions = Omit<EngineOptions, 'runtime'> & { readonly runtime?: Runtime };

/**
 * Creates the reservation engine over a store and a payment gateway.
 *
 * Call `start()` to settle what earlier processes left open, and `stop()` before closing store and gateway.
 */
export function createReservations(options: ReservationsOptions): Reservations {
  const { runtime = systemRuntime(), observer = standardErrorAlarms() } = options;
  return createEngine({ ...options, runtime, observer });
}
