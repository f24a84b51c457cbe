import { randomFillSync, randomUUID } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** The values of the rows that open a reservation, in the order of the tables' columns, made by hand. */
export interface OpeningRows {
  readonly id: string;
  readonly eventId: string;
  readonly commandId: string;
  readonly data: string;
  readonly metadata: string;
  readonly checksum: number;
  readonly summary: string;
  readonly openedAt: number;
  readonly leaseUntil: number;
  readonly owner: string;
  readonly key: string;
}

const LEASE_MS = 20_000;
const RANDOM_BYTES = 8_192;
const ID_BYTES = 10;

const random = Buffer.alloc(RANDOM_BYTES);
let randomUsed = RANDOM_BYTES;

/** A UUIDv7: time, then random bits, so that keys of one time lie together. */
export function newId(): string {
  if (randomUsed + ID_BYTES > RANDOM_BYTES) {
    randomFillSync(random);
    randomUsed = 0;
  }
  const bits = random.toString('hex', randomUsed, randomUsed + ID_BYTES);
  randomUsed += ID_BYTES;
  const time = Date.now().toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${bits.slice(0, 3)}-a${bits.slice(3, 6)}-${bits.slice(6, 18)}`;
}

/** Makes the values of one reservation. */
export function openingRows(): OpeningRows {
  const now = Date.now();
  const at = new Date(now).toISOString();
  const id = `RES-${newId()}`;
  const [eventId, commandId, owner, key] = [newId(), newId(), newId(), randomUUID()];
  const data = JSON.stringify({ userId: 'user_1', amountMinor: 1_050, currency: 'EUR', decimals: 2, at });
  const metadata = JSON.stringify({
    recordedAt: at,
    correlationId: id,
    causationId: commandId,
    traceparent: null,
    caller: 'anonymous',
  });
  const checksum = crc32(`0\n${id}\n1\n${eventId}\n${commandId}\nRESERVATION_CREATED\n1\n${data}\n${metadata}`);
  const summary = JSON.stringify({
    reservationId: id,
    status: 'RESERVATION_CREATED',
    stage: 'processing',
    userId: 'user_1',
    amountMinor: 1_050,
    currency: 'EUR',
    decimals: 2,
    transactionId: null,
    failureReason: null,
    answeredAs: null,
    message: 'Payment is being processed',
    createdAt: at,
    updatedAt: at,
    version: 1,
  });
  const times = { openedAt: now, leaseUntil: now + LEASE_MS };
  return { id, eventId, commandId, data, metadata, checksum, summary, ...times, owner, key };
}
