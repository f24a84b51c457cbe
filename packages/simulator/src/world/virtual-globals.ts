import { context } from './context.ts';

/**
 * Replaces the global timers, clock and Math.random, which libraries below the application use. Inside a simulation
 * they are those of the world and of the process whose code runs; outside of one they behave as before.
 */
export function installVirtualGlobals(): void {
  if (isInstalled) return;
  isInstalled = true;
  const realSetTimeout = globalThis.setTimeout;
  const realClearTimeout = globalThis.clearTimeout;
  const realNow = Date.now.bind(Date);
  const realPerformanceNow = performance.now.bind(performance);
  const realRandom = Math.random.bind(Math);

  Object.assign(globalThis, {
    setTimeout: Object.assign((callback: () => void, ms = 0, ...args: unknown[]): unknown => {
      const within = context.getStore();
      if (within === undefined) return Reflect.apply(realSetTimeout, undefined, [callback, ms, ...args]);
      return virtualTimer(within.world.afterIn(ms, within, () => Reflect.apply(callback, undefined, args)));
    }, realSetTimeout),
    clearTimeout(timer: NodeJS.Timeout | VirtualTimer | undefined): void {
      if (isVirtual(timer)) timer.cancel();
      else realClearTimeout(timer);
    },
  });
  Date.now = () => localTime() ?? realNow();
  performance.now = () => localTime() ?? realPerformanceNow();
  Math.random = () => context.getStore()?.owner?.random() ?? realRandom();
}

let isInstalled = false;

function localTime(): number | undefined {
  const within = context.getStore();
  return within === undefined ? undefined : (within.owner?.localTime() ?? within.world.now());
}

interface VirtualTimer {
  readonly isVirtual: true;
  cancel(): void;
  ref(): VirtualTimer;
  unref(): VirtualTimer;
  hasRef(): boolean;
}

function virtualTimer(scheduled: { cancel(): void }): VirtualTimer {
  const timer: VirtualTimer = {
    isVirtual: true,
    cancel: () => scheduled.cancel(),
    ref: () => timer,
    unref: () => timer,
    hasRef: () => true,
  };
  return timer;
}

function isVirtual(timer: unknown): timer is VirtualTimer {
  return typeof timer === 'object' && timer !== null && 'isVirtual' in timer;
}
