import type { TransferRows } from '../../ports/admin/store-transfer.ts';
import type { ApiKeyRow, EventRow, KeyRow, SubscriptionRow, WorkRow } from './columns.ts';
import { toApiKey } from './rows/api-keys.ts';
import type { After, AfterEvent, AfterKey } from './queries/transfer.ts';
import type { WorkPage } from './queries/work.ts';
import { toEventTexts, toLogTexts, toStoredCheckpoint, toStoredKey, toStoredWork } from './rows/transfer.ts';

/** Page reads of an engine. Empty texts and 0 stand for the start. */
export interface TransferPages {
  log(page: After<number>): Promise<readonly EventRow[]>;
  streams(page: AfterEvent): Promise<readonly EventRow[]>;
  keys(page: AfterKey): Promise<readonly KeyRow[]>;
  work(page: WorkPage): Promise<readonly WorkRow[]>;
  checkpoints(page: After<string>): Promise<readonly SubscriptionRow[]>;
  apiKeys(page: After<string>): Promise<readonly ApiKeyRow[]>;
}

/** The rows that a database of a move exposes, read from its pages. */
export function createTransferRows(pages: TransferPages): TransferRows {
  return {
    log: async ({ after, limit }) => toLogTexts(await pages.log({ after, limit }), after),
    streams: async ({ after, limit }) =>
      toEventTexts(await pages.streams({ ...(after ?? { stream: '', version: 0 }), limit })),
    keys: async ({ after, limit }) =>
      (await pages.keys({ ...(after ?? { scope: '', key: '' }), limit })).map(toStoredKey),
    work: async ({ after, limit }) =>
      (await pages.work({ ...(after ?? { kind: '', id: '' }), limit })).map(toStoredWork),
    checkpoints: async ({ after, limit }) =>
      (await pages.checkpoints({ after: after ?? '', limit })).map(toStoredCheckpoint),
    apiKeys: async ({ after, limit }) => (await pages.apiKeys({ after: after ?? '', limit })).map(toApiKey),
  };
}
