import type { ReservationSummary } from '../../src/domain/reservation/summary.ts';
import type { ListRequest, ReservationPage, ReservationView } from '../../src/ports/reservation-view.ts';
import { inView, type Sabotage } from './sabotage.ts';

/** Reads every row with the key, in the order of ids. */
async function allOf(inner: ReservationView, by: ListRequest['by']): Promise<readonly ReservationSummary[]> {
  const { reservations, next } = await inner.list({ by, order: 'asc', after: null, limit: 200 });
  if (next === null) return reservations;
  return [...reservations, ...(await inner.list({ by, order: 'asc', after: next, limit: 200 })).reservations];
}

/** Cuts a page out of rows, counting those of the pages before it. */
function cut(rows: readonly ReservationSummary[], limit: number): ReservationPage {
  const reservations = rows.slice(0, limit);
  return { reservations, next: rows.length > limit ? (reservations.at(-1)?.reservationId ?? null) : null };
}

/** A listing that reads by another key than it is asked for, when it is asked for this field. */
function otherwise(
  bug: string,
  field: NonNullable<ListRequest['by']>['field'],
  change: (value: string) => string,
): Sabotage {
  return inView(bug, (inner) => ({
    ...inner,
    list: (request) => {
      if (request.by?.field !== field || request.by.value === 'anonymous') return inner.list(request);
      return inner.list({ ...request, by: { field, value: change(request.by.value) } as ListRequest['by'] });
    },
  }));
}

/** Bugs in listings. */
export const sabotagedListings: readonly Sabotage[] = [
  inView('a listing forgets its order', (inner) => ({
    ...inner,
    list: (request) => inner.list({ ...request, order: 'asc' }),
  })),
  inView('each page is reversed by itself', (inner) => ({
    ...inner,
    async list(request) {
      if (request.order === 'asc') return await inner.list(request);
      const page = await inner.list({ ...request, order: 'asc' });
      return { ...page, reservations: page.reservations.toReversed() };
    },
  })),
  inView('pages of the newest are cut by number, so that an insert moves them', (inner) => {
    const shown = new Map<string, number>();
    return {
      ...inner,
      async list(request) {
        if (request.order === 'asc') return await inner.list(request);
        const rows = (await allOf(inner, request.by)).toReversed();
        const count = request.after === null ? 0 : (shown.get(request.after) ?? -1);
        if (count === -1) return await inner.list(request);
        const page = cut(rows.slice(count), request.limit);
        if (page.next !== null) shown.set(page.next, count + page.reservations.length);
        return page;
      },
    };
  }),
  inView('the newest have no next page', (inner) => ({
    ...inner,
    async list(request) {
      const page = await inner.list(request);
      return request.order === 'desc' ? { ...page, next: null } : page;
    },
  })),
  inView('a page begins with the reservation that it should begin behind', (inner) => ({
    ...inner,
    async list(request) {
      const page = await inner.list(request);
      const first = request.after === null ? null : await inner.find(request.after);
      if (first === null || (request.by !== null && first[request.by.field] !== request.by.value)) return page;
      return { ...page, reservations: [first, ...page.reservations].slice(0, request.limit) };
    },
  })),
  ...(['stage', 'userId', 'caller', 'reference', 'transactionId'] as const).map((field) =>
    inView(`a listing has every ${field}`, (inner) => ({
      ...inner,
      list: (request) =>
        request.by?.field === field && request.by.value !== 'anonymous'
          ? inner.list({ ...request, by: null })
          : inner.list(request),
    })),
  ),
  otherwise('callers are the same in any case', 'caller', (value) => value.toLowerCase()),
  otherwise('references are the same in any case', 'reference', (value) => value.toLowerCase()),
  inView('a page looks at one block of all rows', (inner) => ({
    ...inner,
    async list(request) {
      const { by, limit } = request;
      if (by === null || by.value === 'anonymous' || limit > 200) return await inner.list(request);
      const block = await inner.list({ ...request, by: null, limit: 200 });
      const found = block.reservations.filter((row) => row[by.field] === by.value);
      if (found.length > limit) return cut(found, limit);
      return { reservations: found, next: block.next };
    },
  })),
  inView('a reference that is absent is the text null', (inner) => ({
    ...inner,
    async list(request) {
      if (request.by?.field !== 'reference' || request.by.value !== 'null') return await inner.list(request);
      const rows = (await allOf(inner, null)).filter(({ reference }) => reference === null);
      return cut(rows, request.limit);
    },
  })),
  inView('the anonymous caller has no reservations', (inner) => ({
    ...inner,
    async list(request) {
      if (request.by?.field === 'caller' && request.by.value === 'anonymous') return { reservations: [], next: null };
      return await inner.list(request);
    },
  })),
];
