import type { EventStore } from '../../../ports/event-store.ts';
import { assertAppendable, assertRange } from '../../support/arguments.ts';
import { encodeAppend } from '../../sql/encoded-append.ts';
import { fromEventRows } from '../../sql/rows/events.ts';
import { type EventRow, ONLY_SHARD } from '../../sql/columns.ts';
import type { Access } from '../access.ts';
import type { CommitHints } from './commit-hints.ts';
import type { Run } from '../open/connection.ts';
import type { LogEnd } from '../open/log-end.ts';
import { displayText } from '../../../domain/display-text.ts';
import { logPage } from './log-page.ts';

/** The log. Calls `note` with the last event of each page read. */
export function createEventStore(
  { run, readTogether, append, assertOpen }: Access,
  hints: CommitHints,
  note: (end: LogEnd) => void,
): EventStore {
  const readPage = readTogether(readStreams);
  return {
    async append(request) {
      assertAppendable(request);
      return await append(encodeAppend(request, displayText));
    },
    async readStream(stream, { after, limit }) {
      assertRange({ after, limit });
      return fromEventRows(await readPage({ stream, after, limit }), 'version', after);
    },
    async readAll({ after, limit }) {
      assertRange({ after, limit });
      const { rows } = await run(logPage({ after, limit }));
      const last = rows.at(-1);
      if (last !== undefined) note(last);
      return fromEventRows(rows, 'position', after);
    },
    async lastPosition() {
      const { rows } = await run<{ readonly position: number }>({ text: LAST_POSITION, values: [ONLY_SHARD] });
      return rows[0]?.position ?? 0;
    },
    onCommit(listener) {
      assertOpen();
      return hints.add(listener);
    },
  };
}

const LAST_POSITION = `select position from events
  where shard = $1 and position > 0 order by position desc limit 1`;

interface Range {
  readonly after: number;
  readonly limit: number;
}

interface StreamRange extends Range {
  readonly stream: string;
}

/** Each stream's page is a subquery of its own that finds its rows by key, independent of the others. */
const STREAM_PAGES = `select q.n, e.* from unnest($2::text[], $3::bigint[], $4::bigint[])
  with ordinality as q(stream, behind, page_limit, n)
  cross join lateral (
    select * from events e where e.shard = $1 and e.stream = q.stream and e.version > q.behind
    order by e.version limit q.page_limit
  ) e
  order by q.n, e.version`;

async function readStreams(run: Run, ranges: readonly StreamRange[]): Promise<readonly (readonly EventRow[])[]> {
  const columns = [
    ranges.map(({ stream }) => stream),
    ranges.map(({ after }) => after),
    ranges.map(({ limit }) => limit),
  ];
  const { rows } = await run<EventRow & { readonly n: number }>({
    text: STREAM_PAGES,
    values: [ONLY_SHARD, ...columns],
  });
  const pages: EventRow[][] = ranges.map(() => []);
  for (const row of rows) pages[row.n - 1]?.push(row);
  return pages;
}
