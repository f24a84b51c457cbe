import type { Falsification } from './falsification.ts';
import { first, lastEvent, settled, withEvent } from './material.ts';

/** Falsifications of log and view. */
export const LOG_FALSIFICATIONS: readonly Falsification[] = [
  {
    name: 'an event follows the verdict',
    violates: '8 one verdict, and it is the last event',
    apply: ({ events }, reservations) => {
      const verdict = lastEvent(settled(reservations, 'confirmed'));
      return { events: [...events, { ...verdict, version: verdict.version + 1, position: events.length + 1 }] };
    },
  },
  {
    name: 'a version is left out',
    violates: '9 versions are 1 to n',
    apply: (evidence, reservations) => {
      const verdict = lastEvent(settled(reservations, 'confirmed'));
      return withEvent(evidence, verdict, { version: verdict.version + 1 });
    },
  },
  {
    name: 'a position is left out',
    violates: '10 positions are 1 to n',
    apply: ({ events }) => ({ events: events.filter(({ position }) => position !== 2) }),
  },
  {
    name: 'the follower missed an event',
    violates: '10 a follower sees each event once and in order',
    apply: ({ follower }) => ({ follower: { eventIds: follower.eventIds.toSpliced(1, 1) } }),
  },
  {
    name: 'the follower saw an event twice',
    violates: '10 a follower sees each event once and in order',
    apply: ({ follower }) => ({ follower: { eventIds: [...follower.eventIds, first(follower.eventIds, 'event')] } }),
  },
  {
    name: 'a row of the view is old',
    violates: '11 the view is the folded stream',
    apply: ({ view }, reservations) => {
      const { id } = settled(reservations, 'confirmed');
      return { view: view.map((row) => (row.reservationId === id ? { ...row, version: row.version - 1 } : row)) };
    },
  },
  {
    name: 'the store does not verify',
    violates: '11 the store verifies',
    apply: () => ({ storeFaults: ['a checksum is wrong'] }),
  },
];
