/** The owner of code that runs: a process, which can die, freeze and have a wrong clock. */
export interface Owner {
  readonly name: string;
  /** True once none of its code runs again. */
  isDead(): boolean;
  /** World time until which none of its code runs; in the past for an owner that runs. */
  frozenUntil(): number;
  /** World time as the owner's clock shows it. */
  localTime(): number;
  /** A random number for code that calls Math.random. */
  random(): number;
}

/** The context that simulated code runs in. It is kept across every await. */
export interface Context {
  readonly world: World;
  /** Null for what belongs to no process: network, payment service, clients. */
  readonly owner: Owner | null;
  /** The charge that a call to the payment service belongs to. */
  readonly charge: ChargeRun | null;
}

/** One call of the gateway's `charge`: the sends of one request, or of one turn of settlement. */
export interface ChargeRun {
  readonly number: number;
  /** True once the caller's signal aborted. */
  isAborted(): boolean;
}

/** An event that is scheduled. */
export interface ScheduledEvent {
  cancel(): void;
}

/**
 * Time and the order of events. Only scheduled events run, one after the other; between two of them all pending
 * microtasks run.
 */
export interface World {
  /** Milliseconds since the epoch, without any clock's error. */
  now(): number;
  /** The number of events so far. */
  steps(): number;
  /** Schedules an action. A dead owner's action never runs; a frozen owner's action runs as soon as it thaws. */
  after(ms: number, owner: Owner | null, action: () => void): ScheduledEvent;
  /** Schedules an action in a given context. */
  afterIn(ms: number, within: Context, action: () => void): ScheduledEvent;
  /** Resolves after `ms`, for code without an owner. */
  sleep(ms: number): Promise<void>;
  /** Runs event by event until `until`, or until `isOver`, which is called after each, returns true. */
  run(until: number, isOver: () => boolean): Promise<void>;
}
