import { assert, ReservationError } from '../../../errors.ts';
import type { StoredKey, TargetState, TransferRows, TransferTarget } from '../../../ports/admin/store-transfer.ts';
import { toReservationRow } from '../../sql/columns.ts';
import { heldSummary } from '../../sql/encoded-append.ts';
import { toSummary } from '../../sql/rows/reservations.ts';
import { fromMoveRecord, toMoveRecord } from '../../sql/store-move.ts';
import { fromApiKey } from '../../sql/rows/api-keys.ts';
import { fromEventText, fromStoredCheckpoint, fromStoredKey, fromStoredWork } from '../../sql/rows/transfer.ts';
import { type Connections, createConnections, type Run } from '../open/connection.ts';
import { assertDurable } from '../open/durability.ts';
import { toFault } from '../faults.ts';
import { migrate } from '../schema/migrate.ts';
import { checkedUrl, parseConnectionOptions, TIMEOUT_MAX_MS } from '../open/options.ts';
import { createTransferRows } from '../../sql/transfer-rows.ts';
import type { Prepared } from '../prepared.ts';
import { displayText } from '../../../domain/display-text.ts';
import { readStoreMove } from './store-move.ts';
import * as statements from './transfer-statements.ts';
import { POSTGRES_MIGRATIONS } from '../schema/steps.ts';

/** Options of {@link openPostgresTransferTarget}. */
export interface PostgresTransferTargetOptions {
  /** Like that of a store. */
  readonly connectionString: string;
}

/**
 * Opens a PostgreSQL database as the target of a move; creates and migrates the tables.
 * @throws {ReservationError} INVALID_OPTION; STORE_UNSUITABLE when it is newer than this code or its settings endanger
 * commits; STORE_UNAVAILABLE.
 */
export async function openPostgresTransferTarget({
  connectionString,
}: PostgresTransferTargetOptions): Promise<TransferTarget> {
  // Deleting a large view is a single statement.
  const options = { connectionString, poolMax: 1, statementTimeoutMs: TIMEOUT_MAX_MS };
  const connections = createConnections(parseConnectionOptions(options));
  try {
    await assertDurable(connections.run);
    await migrate(connections, POSTGRES_MIGRATIONS);
    return createTarget(connections, `postgres://${checkedUrl(connectionString).place}`);
  } catch (error) {
    await connections.end();
    throw toFault(error);
  }
}

function createTarget(connections: Connections, name: string): TransferTarget {
  const { run } = connections;
  let closing: Promise<void> | null = null;
  return {
    name,
    ...createRows(run),
    ...createImports(run),
    textForPeople: displayText,
    state: () => stateOf(run),
    begin: (move) =>
      connections.transaction(async (within) => {
        await within(statements.LOCK_LOG);
        if (await hasContents(within)) {
          throw new ReservationError('STORE_UNSUITABLE', `${name} has something of its own: a move needs an empty one`);
        }
        await within(statements.insertRows('store_moves', [fromMoveRecord('target', move, null)]));
        await within(statements.STAGE_LOCK);
      }),
    forgetAllButTheLog: () =>
      connections.transaction(async (within) => {
        for (const statement of statements.FORGET) await within(statement);
      }),
    finish: (finishedAt) =>
      connections.transaction(async (within) => {
        const { count } = await within(statements.finishMove(finishedAt));
        assert(count === 1, 'only a move that is under way is finished');
        for (const statement of statements.UNSTAGE) await within(statement);
      }),
    close() {
      closing ??= connections.end();
      return closing;
    },
  };
}

async function stateOf(run: Run): Promise<TargetState> {
  const row = await readStoreMove(run);
  if (row?.role === 'target') {
    const move = toMoveRecord(row);
    if (row.finished_at !== null) return { kind: 'finished', move };
    const { rows } = await run(statements.STAGED_END);
    return { kind: 'under-way', move, lastPosition: rows[0]?.last_position ?? 0 };
  }
  return { kind: (await hasContents(run)) ? 'occupied' : 'empty' };
}

async function hasContents(run: Run): Promise<boolean> {
  const { rows } = await run(statements.HAS_CONTENTS);
  return rows[0]?.found === true;
}

function createRows(run: Run): TransferRows & Pick<TransferTarget, 'summaries'> {
  const { analyze, pages } = statements;
  /** Reads pages of a table after its statistics were updated once. */
  function reader<Page, Row>(
    page: Prepared<Page, Row>,
    table: Parameters<typeof analyze>[0],
    isFirst: (at: Page) => boolean,
  ): (at: Page) => Promise<readonly Row[]> {
    return async (at) => {
      if (isFirst(at)) await run(analyze(table));
      return (await run(page(at))).rows;
    };
  }
  const summaries = reader(pages.summaries, 'reservations', ({ after }) => after === '');
  return {
    ...createTransferRows({
      log: async (at) => (await run(pages.log(at))).rows,
      streams: reader(pages.streams, 'events', ({ stream }) => stream === ''),
      keys: reader(pages.keys, 'idempotency_keys', ({ scope, key }) => scope === '' && key === ''),
      work: reader(pages.work, 'due_work', ({ kind, id }) => kind === '' && id === ''),
      checkpoints: async (at) => (await run(pages.checkpoints(at))).rows,
      apiKeys: async (at) => (await run(pages.apiKeys(at))).rows,
    }),
    summaries: async ({ after, limit }) => (await summaries({ after: after ?? '', limit })).map(toSummary),
  };
}

type Imports = Pick<
  TransferTarget,
  'importEvents' | 'importSummaries' | 'importKeys' | 'importWork' | 'importCheckpoints' | 'importApiKeys'
>;

function createImports(run: Run): Imports {
  const { STAGED_SHARD, insertEvents, insertRows } = statements;
  return {
    async importEvents(events) {
      const before = (events[0]?.position ?? 0) - 1;
      assert(
        before >= 0 && events.at(-1)?.position === before + events.length,
        'a batch of events has one at least, and no gap',
      );
      const { count } = await run(insertEvents(events.map(fromEventText), before));
      if (count === events.length) return;
      throw new ReservationError(
        'STORE_UNSUITABLE',
        `the target's log does not end at position ${before}: another program wrote into it, or no move is under way`,
      );
    },
    async importSummaries(summaries) {
      const rows = summaries.map((summary) => toReservationRow(heldSummary(summary, displayText)));
      await run(insertRows('reservations', rows));
    },
    async importKeys(keys) {
      for (const key of keys) assertHoldable(key);
      await run(insertRows('idempotency_keys', keys.map(fromStoredKey)));
    },
    async importWork(items) {
      const rows = items.map((item) => {
        const { lastOutcome } = item;
        return fromStoredWork(STAGED_SHARD, {
          ...item,
          lastOutcome: lastOutcome === null ? null : displayText(lastOutcome),
        });
      });
      await run(insertRows('due_work', rows));
    },
    async importCheckpoints(checkpoints) {
      const rows = checkpoints.map((checkpoint) => {
        const { stoppedBecause } = checkpoint;
        return fromStoredCheckpoint(STAGED_SHARD, {
          ...checkpoint,
          stoppedBecause: stoppedBecause === null ? null : displayText(stoppedBecause),
        });
      });
      await run(insertRows('subscriptions', rows));
    },
    async importApiKeys(keys) {
      await run(insertRows('api_keys', keys.map(fromApiKey)));
    },
  };
}

/** A key that changed on the way would be lost. */
function assertHoldable({ scope, key, stream }: StoredKey): void {
  if (displayText(scope) === scope && displayText(key) === key) return;
  throw new ReservationError(
    'STORE_UNSUITABLE',
    `PostgreSQL cannot hold the idempotency key ${JSON.stringify(key)} of ${JSON.stringify(scope)} (stream ${stream}): ` +
      'U+0000 and half surrogate pairs are no texts there',
  );
}
