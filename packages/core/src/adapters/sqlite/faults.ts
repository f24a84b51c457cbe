import { Database } from './driver.ts';
import { ReservationError } from '../../errors.ts';

/** Primary result codes that concern the machine, not our statements. */
const UNAVAILABLE = new Set([
  'BUSY',
  'LOCKED',
  'FULL',
  'READONLY',
  'IOERR',
  'CANTOPEN',
  'NOMEM',
  'PERM',
  'PROTOCOL',
  'INTERRUPT',
]);
const CORRUPT = new Set(['CORRUPT', 'NOTADB']);

/** The only triggers are those of a file whose store was moved (see store-move.ts). */
const MOVED = 'SQLITE_CONSTRAINT_TRIGGER';

/** Maps an error of the driver to what a caller of the store receives; a bug of this package is returned unchanged. */
export function toFault(error: unknown, file: string): unknown {
  if (!(error instanceof Database.SqliteError)) return error;
  if (error.code === MOVED) {
    return new ReservationError('STORE_UNSUITABLE', `${file} takes no more work: ${error.message}`, { cause: error });
  }
  const primary = error.code.split('_')[1] ?? '';
  if (CORRUPT.has(primary)) {
    return new ReservationError('STORE_CORRUPT', `${file} is damaged: ${error.message}`, { cause: error });
  }
  if (!UNAVAILABLE.has(primary)) return error;
  return new ReservationError('STORE_UNAVAILABLE', `${file} cannot be used now: ${error.message} (${error.code})`, {
    cause: error,
  });
}
