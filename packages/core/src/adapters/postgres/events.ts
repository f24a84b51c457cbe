import type { EventStore } from '../../ports/event-store.ts';
import { assertAppendable, assertRange } from '../sql/arguments.ts';
import { encodeAppend } from '../sql/encoded-append.ts';
import { fromEventRows } from '../sql/event-rows.ts';
import { type EventsTable, ONLY_SHARD } from '../sql/tables.ts';
import type { Access } from './access.ts';
import { type Prepared, prepare, sql } from './prepared.ts';

/** The log. */
export function createEventStore({ run, append }: Access): EventStore {
  return {
    async append(request) {
      assertAppendable(request);
      return await append(encodeAppend(request));
    },
    async readStream(stream, { after, limit }) {
      assertRange({ after, limit });
      const { rows } = await run(streamPage({ stream, after, limit }));
      return fromEventRows(rows, 'version', after);
    },
    async readAll({ after, limit }) {
      assertRange({ after, limit });
      const { rows } = await run(logPage({ after, limit }));
      return fromEventRows(rows, 'position', after);
    },
  };
}

interface Range {
  readonly after: number;
  readonly limit: number;
}

const streamPage = prepare(({ stream, after, limit }: Range & { readonly stream: string }) =>
  sql
    .selectFrom('events')
    .selectAll()
    .where('shard', '=', ONLY_SHARD)
    .where('stream', '=', stream)
    .where('version', '>', after)
    .orderBy('version')
    .limit(limit),
);

/** A page of the log, in order. */
export const logPage: Prepared<Range, EventsTable> = prepare(({ after, limit }: Range) =>
  sql
    .selectFrom('events')
    .selectAll()
    .where('shard', '=', ONLY_SHARD)
    .where('position', '>', after)
    .orderBy('position')
    .limit(limit),
);
