import { ReservationError } from '../../errors.ts';

/** The table of the version that is built; it has the definition of the one that is shown, copied from the database. */
export const REBUILT_TABLE = 'reservations_rebuilt';

/** What a rebuild throws that is not the latest any more. */
export function superseded(token: string): ReservationError {
  return new ReservationError(
    'REBUILD_SUPERSEDED',
    `this rebuild of the view has ended, or a later one began (${token})`,
  );
}
