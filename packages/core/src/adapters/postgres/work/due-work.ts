import type { DueWork } from '../../../ports/due-work.ts';
import { assertDueAt, assertLease, assertTakeLimit } from '../../support/arguments.ts';
import { ONLY_SHARD, type WorkRow } from '../../sql/columns.ts';
import { workQueries } from '../../sql/queries/work.ts';
import { fromWorkRow, takenRow } from '../../sql/rows/work.ts';
import type { Access } from '../access.ts';
import { prepare, sql, type Statement } from '../prepared.ts';
import { displayText } from '../../../domain/display-text.ts';

/** The due work. */
export function createDueWork({ run }: Access): DueWork {
  return {
    async take(request) {
      assertLease(request);
      const { rows } = await run(takeWork(request));
      return rows.map((row) => {
        const taken = takenRow(row, request);
        return { ...fromWorkRow(taken), owner: taken.owner };
      });
    },
    async release({ kind, id, owner, dueAt, lastOutcome }) {
      assertDueAt(dueAt);
      const { count } = await run(release({ kind, id, owner, dueAt, lastOutcome: displayText(lastOutcome) }));
      return count > 0;
    },
    async list({ kind, limit }) {
      assertTakeLimit(limit);
      const { rows } = await run(oldest({ kind, limit }));
      return rows.map(fromWorkRow);
    },
    async gauge({ kind }) {
      const { rows } = await run(gauge({ kind }));
      return rows[0] ?? { open: 0, oldestOpenedAt: null, nextDueAt: null };
    },
  };
}

const queries = workQueries(sql);
const release = prepare(queries.release);
const oldest = prepare(queries.oldest);
const gauge = prepare(queries.gauge);

/** Leases due items; returns the rows as they were before, in the order in which they were due. */
function takeWork({ kind, owner, now, leaseUntil, limit }: Parameters<DueWork['take']>[0]): Statement<WorkRow> {
  return {
    text: 'select * from take_work($1::integer, $2::text, $3::text, $4::bigint, $5::bigint, $6::bigint)',
    values: [ONLY_SHARD, kind, owner, now, leaseUntil, limit],
  };
}
