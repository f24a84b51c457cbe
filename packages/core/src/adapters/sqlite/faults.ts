import { Database } from './driver.ts';
import { ReservationError } from '../../errors.ts';

/** Primary result codes that say something about the machine, not about our statements. */
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

/** What a thrown value means to a caller of the store; a bug of our own comes back as it is. */
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
