import {
  PAGE_LIMIT_MAX,
  type RecordedEvent,
  type ReservationId,
  type ReservationPage,
  type ReservationStore,
  type ReservationSummary,
} from '@reservations/core';
import { verifyStore } from '@reservations/core/operations';
import { type PaymentIdempotency, READ_LIMIT_MAX } from '@reservations/core/ports';
import type { CallLogLine, LedgerEntry } from '@reservations/core/sandbox';
import type { Exchange } from '../workload/exchange.ts';
import { alarmsIn } from './alarms.ts';
import type { Evidence, Follower } from './evidence.ts';
import { readJsonLines } from './json-lines.ts';

/** Sources of the evidence once all processes have ended. */
export interface Sources {
  readonly idempotency: PaymentIdempotency;
  readonly answerUnknownAs: Evidence['answerUnknownAs'];
  readonly exchanges: readonly Exchange[];
  readonly store: ReservationStore;
  readonly follower: Follower;
  readonly ledgerPath: string;
  readonly callLogPath: string;
  /** The folder of the servers' logs. */
  readonly folder: string;
  readonly incidents: readonly string[];
}

/** Reads the evidence from store, ledger, call log and server logs. */
export async function gatherEvidence(sources: Sources): Promise<Evidence> {
  const { idempotency, answerUnknownAs, exchanges, store, follower, incidents } = sources;
  return {
    idempotency,
    answerUnknownAs,
    exchanges,
    ...(await gatherFromStore(store)),
    follower,
    ledger: await readJsonLines<LedgerEntry>(sources.ledgerPath),
    calls: await readJsonLines<CallLogLine>(sources.callLogPath),
    ...(await alarmsIn(sources.folder)),
    incidents,
  };
}

/** Reads the evidence of the store, beside or after the servers. */
export async function gatherFromStore(
  store: ReservationStore,
): Promise<Pick<Evidence, 'events' | 'view' | 'open' | 'storeFaults'>> {
  const { faults } = await verifyStore(store);
  const { open } = await store.work.gauge({ kind: 'charge' });
  return { events: await readLog(store), view: await readView(store), open, storeFaults: faults };
}

async function readLog(store: ReservationStore): Promise<readonly RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for (;;) {
    const page = await store.events.readAll({ after: events.at(-1)?.position ?? 0, limit: READ_LIMIT_MAX });
    events.push(...page);
    if (page.length === 0) return events;
  }
}

async function readView(store: ReservationStore): Promise<readonly ReservationSummary[]> {
  const rows: ReservationSummary[] = [];
  let after: ReservationId | null = null;
  do {
    const page: ReservationPage = await store.view.list({ by: null, order: 'asc', after, limit: PAGE_LIMIT_MAX });
    rows.push(...page.reservations);
    after = page.next;
  } while (after !== null);
  return rows;
}
