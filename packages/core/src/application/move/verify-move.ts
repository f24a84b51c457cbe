import { chargeIdOf } from '../../domain/charge-id.ts';
import type { ReservationSummary } from '../../domain/reservation/summary.ts';
import type { ReservationError } from '../../errors.ts';
import type { ApiKey } from '../../ports/api-keys.ts';
import type {
  EventText,
  StoredCheckpoint,
  StoredKey,
  StoredWork,
  TransferRows,
  TransferSource,
  TransferTarget,
} from '../../ports/admin/store-transfer.ts';
import { foldStreams } from '../commands/fold-streams.ts';
import { assertSame, corrupt, countOf, createCursor, compareRows } from './compare-rows.ts';
import {
  apiKeyPlace,
  checkpointPlace,
  eventsByStream,
  keyPlace,
  reservationPlace,
  rowOf,
  rowsOf,
  workPlace,
} from './transfer-rows.ts';

/** Number of rows that a move copied. */
export interface MoveCounts {
  readonly events: number;
  readonly reservations: number;
  readonly keys: number;
  readonly openPayments: number;
  readonly checkpoints: number;
  readonly apiKeys: number;
  /** Streams with events of a later release, which were copied without being folded. */
  readonly newer: number;
}

/** The two databases of a move. The caller closes both. */
export interface MoveEnds {
  readonly source: TransferSource;
  readonly target: TransferTarget;
}

/**
 * Compares both databases row by row: every event, key, due work item, checkpoint and API key of the source is in the target and
 * nothing else is, the target's view is the fold of its events, and exactly the payments without a verdict are due work.
 * Of a stream with events of a later release, the target's row must be the source's.
 * `onEvents` receives the number of events compared so far.
 * @throws {ReservationError} STORE_CORRUPT with the first difference.
 */
export async function verifyMove(
  { source, target }: MoveEnds,
  limit: number,
  onEvents: (count: number) => void,
): Promise<MoveCounts> {
  const counts = { events: 0, reservations: 0, openPayments: 0, newer: 0 };
  async function* comparedEvents(): AsyncGenerator<EventText> {
    for await (const event of compareRows(eventsByStream(source, limit), eventsByStream(target, limit), nameEvent)) {
      counts.events += 1;
      onEvents(counts.events);
      yield event;
    }
  }
  const summaries = createCursor(rowsOf(target.summaries, reservationPlace, limit));
  const charges = createCursor(chargesOf(source, limit));
  for await (const stream of foldStreams(comparedEvents())) {
    const row = await rowOf(source, stream);
    if (row !== null) {
      counts.reservations += 1;
      const expected = { ...row, message: target.textForPeople(row.message) };
      assertSame(expected, await summaries.next(), nameSummary);
    }
    if (stream.kind === 'newer') {
      counts.newer += 1;
      // Only the later release knows whether its payment waits.
      if (stream.id === null || (await charges.peek())?.id !== chargeIdOf(stream.id)) continue;
      counts.openPayments += 1;
      await charges.next();
      continue;
    }
    const folded = stream.summary;
    if (folded.stage !== 'processing' && folded.stage !== 'unresolved') continue;
    counts.openPayments += 1;
    const charge = await charges.next();
    if (charge?.id !== chargeIdOf(folded.reservationId)) throw notQueued(folded, charge);
  }
  assertSame(null, await summaries.next(), nameSummary);
  const superfluous = await charges.next();
  if (superfluous !== null) throw corrupt(`the queue has a payment that has its verdict: ${nameWork(superfluous)}`);
  if (counts.events !== source.lastPosition) {
    throw corrupt(`the log ends at position ${source.lastPosition}, its streams have ${counts.events} events`);
  }
  return { ...counts, ...(await compareTheRest({ source, target }, limit)) };
}

async function compareTheRest(
  { source, target }: MoveEnds,
  limit: number,
): Promise<Pick<MoveCounts, 'keys' | 'checkpoints' | 'apiKeys'>> {
  const held = target.textForPeople;
  async function* expectedWork(): AsyncGenerator<StoredWork> {
    for await (const item of workOf(source, limit)) {
      const { lastOutcome } = item;
      yield { ...item, lastOutcome: lastOutcome === null ? null : held(lastOutcome) };
    }
  }
  async function* expectedCheckpoints(): AsyncGenerator<StoredCheckpoint> {
    for await (const checkpoint of checkpointsOf(source, limit)) {
      const { stoppedBecause } = checkpoint;
      yield { ...checkpoint, stoppedBecause: stoppedBecause === null ? null : held(stoppedBecause) };
    }
  }
  await countOf(compareRows(expectedWork(), workOf(target, limit), nameWork));
  return {
    keys: await countOf(compareRows(keysOf(source, limit), keysOf(target, limit), nameKey)),
    checkpoints: await countOf(compareRows(expectedCheckpoints(), checkpointsOf(target, limit), nameCheckpoint)),
    apiKeys: await countOf(compareRows(apiKeysOf(source, limit), apiKeysOf(target, limit), nameApiKey)),
  };
}

function workOf({ work }: Pick<TransferRows, 'work'>, limit: number): AsyncGenerator<StoredWork> {
  return rowsOf(work, workPlace, limit);
}

async function* chargesOf(rows: Pick<TransferRows, 'work'>, limit: number): AsyncGenerator<StoredWork> {
  for await (const item of workOf(rows, limit)) if (item.kind === 'charge') yield item;
}

function keysOf({ keys }: Pick<TransferRows, 'keys'>, limit: number): AsyncGenerator<StoredKey> {
  return rowsOf(keys, keyPlace, limit);
}

function checkpointsOf(
  { checkpoints }: Pick<TransferRows, 'checkpoints'>,
  limit: number,
): AsyncGenerator<StoredCheckpoint> {
  return rowsOf(checkpoints, checkpointPlace, limit);
}

function apiKeysOf({ apiKeys }: Pick<TransferRows, 'apiKeys'>, limit: number): AsyncGenerator<ApiKey> {
  return rowsOf(apiKeys, apiKeyPlace, limit);
}

function notQueued({ reservationId }: ReservationSummary, next: StoredWork | null): ReservationError {
  const missing = next === null || next.id > chargeIdOf(reservationId);
  return corrupt(
    missing
      ? `the payment of ${reservationId} waits for a verdict and is not in the queue`
      : `the queue has a payment that has its verdict: ${nameWork(next)}`,
  );
}

const nameEvent = ({ position, stream, version }: EventText): string =>
  `the event at position ${position} (stream ${stream}, version ${version})`;
const nameSummary = ({ reservationId }: ReservationSummary): string => `the view's row of ${reservationId}`;
const nameWork = ({ kind, id }: StoredWork): string =>
  kind === 'charge' ? `the payment of ${id}` : `the work ${JSON.stringify({ kind, id })}`;
const nameKey = ({ scope, key }: StoredKey): string => `the key ${JSON.stringify(key)} of ${JSON.stringify(scope)}`;
const nameCheckpoint = ({ name }: StoredCheckpoint): string => `the subscription ${JSON.stringify(name)}`;
const nameApiKey = ({ prefix }: ApiKey): string => `the API key ${prefix}`;
