import { context, type Context, type Owner } from './context.ts';

/** Something that will happen. */
export interface ScheduledEvent {
  cancel(): void;
}

/**
 * Time and the order of events. Nothing happens but what was scheduled here, one event after the other; between
 * two of them everything runs that waits for nothing but other promises.
 */
export interface World {
  /** Milliseconds since the epoch, as nobody's clock shows it. */
  now(): number;
  /** Events so far. */
  steps(): number;
  /** Plans an action. If its owner is dead then, it never happens; if it is frozen, as soon as it thaws. */
  after(ms: number, owner: Owner | null, action: () => void): ScheduledEvent;
  /** Plans an action in a given context. */
  afterIn(ms: number, within: Context, action: () => void): ScheduledEvent;
  /** Resolves after `ms`, for the world's own doing. */
  sleep(ms: number): Promise<void>;
  /** Runs event by event until `until`, or until `isOver`, which is asked after each. */
  run(until: number, isOver: () => boolean): Promise<void>;
}

interface Event {
  time: number;
  /** When it was first due: what froze together thaws in that order. */
  readonly due: number;
  readonly order: number;
  readonly within: Context;
  readonly action: () => void;
  cancelled: boolean;
}

/** Builds an empty world. */
export function createWorld(startAt: number): World {
  /** Latest first, so that the next event is at the end. */
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

  /** The next event that happens, or undefined when none is left before `until`. */
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
    after: (ms, owner, action) => world.afterIn(ms, { world, owner, run: null }, action),
    afterIn(ms, within, action) {
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

/** Every microtask runs before the next turn of the event loop does. */
function settleMicrotasks(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
