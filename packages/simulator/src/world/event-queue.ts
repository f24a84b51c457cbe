import { context } from './context.ts';
import type { Context, ScheduledEvent, World } from './world.ts';

interface Event {
  time: number;
  /** When it was first due. After a freeze, events run in this order. */
  readonly due: number;
  readonly order: number;
  readonly within: Context;
  readonly action: () => void;
  cancelled: boolean;
}

/** Builds a world without events. `startAt` is its time in milliseconds since the epoch. */
export function createWorld(startAt: number): World {
  /** Sorted by time, latest first: the next event is at the end. */
  const queue: Event[] = [];
  let now = startAt;
  let steps = 0;
  let scheduled = 0;

  function insert(event: Event): void {
    let low = 0;
    let high = queue.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = queue[middle];
      if (other !== undefined && isBefore(event, other)) low = middle + 1;
      else high = middle;
    }
    queue.splice(low, 0, event);
  }

  /** Removes and returns the next event that runs; undefined when none is left before `until`. */
  function next(until: number): Event | undefined {
    for (let event = queue.at(-1); event !== undefined && event.time <= until; event = queue.at(-1)) {
      queue.pop();
      const { owner } = event.within;
      if (event.cancelled || owner?.isDead() === true) continue;
      if (owner === null || owner.frozenUntil() <= event.time) return event;
      event.time = owner.frozenUntil();
      insert(event);
    }
    return undefined;
  }

  const world: World = {
    now: () => now,
    steps: () => steps,
    after: (ms, owner, action) => world.afterIn(ms, { world, owner, charge: null }, action),
    afterIn(ms, within, action): ScheduledEvent {
      scheduled += 1;
      const due = now + Math.max(0, Math.ceil(ms));
      const event: Event = { time: due, due, order: scheduled, within, action, cancelled: false };
      insert(event);
      return {
        cancel() {
          event.cancelled = true;
        },
      };
    },
    sleep: (ms) => new Promise((resolve) => world.after(ms, null, resolve)),
    async run(until, isOver) {
      for (let event = next(until); event !== undefined; event = next(until)) {
        now = Math.max(now, event.time);
        steps += 1;
        context.run(event.within, event.action);
        await settleMicrotasks();
        if (isOver()) return;
      }
      now = Math.max(now, until);
    },
  };
  return world;
}

function isBefore(a: Event, b: Event): boolean {
  if (a.time !== b.time) return a.time < b.time;
  return a.due === b.due ? a.order < b.order : a.due < b.due;
}

/** Resolves when all pending microtasks have run. */
function settleMicrotasks(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
