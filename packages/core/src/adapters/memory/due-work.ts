import { type DueWork, type WorkItem, type WorkKind } from '../../ports/due-work.ts';
import { release } from './append.ts';
import { assertLease, assertTakeLimit } from '../support/arguments.ts';
import { frozenCopy } from './frozen.ts';
import { type Tables, workKeyOf } from './tables.ts';

/** The queue over the store's tables. */
export function createDueWork(tables: Tables, assertOpen: () => void): DueWork {
  function sortedBy(time: 'dueAt' | 'openedAt', kind: WorkKind): WorkItem[] {
    return [...tables.work.values()]
      .filter((item) => item.kind === kind)
      .sort((a, b) => a[time] - b[time] || (a.id < b.id ? -1 : 1));
  }

  return {
    async take({ kind, owner, now, leaseUntil, limit }) {
      assertOpen();
      assertLease({ now, leaseUntil, limit });
      const due = sortedBy('dueAt', kind).filter(({ dueAt }) => dueAt <= now);
      return due.slice(0, limit).map((item) => {
        const taken = frozenCopy({ ...item, owner, dueAt: leaseUntil, attempts: item.attempts + 1 });
        tables.work.set(workKeyOf(item), taken);
        return taken;
      });
    },
    async release(request) {
      assertOpen();
      return release(tables, request);
    },
    async list({ kind, limit }) {
      assertOpen();
      assertTakeLimit(limit);
      return sortedBy('openedAt', kind).slice(0, limit);
    },
    async gauge({ kind }) {
      assertOpen();
      const [oldest] = sortedBy('openedAt', kind);
      const [next] = sortedBy('dueAt', kind);
      return {
        open: sortedBy('dueAt', kind).length,
        oldestOpenedAt: oldest?.openedAt ?? null,
        nextDueAt: next?.dueAt ?? null,
      };
    },
  };
}
