import { pause } from '../support/pause.ts';
import { type ChaosContext, type FaultChoice, faultsFor } from './process-faults.ts';
import { sleepers } from './long-pauses.ts';

export interface ChaosOptions extends ChaosContext, FaultChoice {
  readonly narrate: (what: string) => void;
  /** Called when each fault was done once. */
  readonly onceThrough: () => void;
}

const PAUSE_MS_MIN = 200;
const PAUSE_MS_MAX = 2_000;

/** Does one fault after the other; where others take over, servers fall asleep beside that. */
export async function wreakHavoc(options: ChaosOptions): Promise<void> {
  await Promise.all([oneAfterTheOther(options), sleepers(options)]);
}

/** Each at least once, in a drawn order, then whatever the seed says. */
async function oneAfterTheOther(options: ChaosOptions): Promise<void> {
  const { random, signal, narrate, onceThrough, tally } = options;
  const possible = faultsFor(options.victims, options);
  const first = random.shuffle(possible);
  while (!signal.aborted) {
    await pause(random.whole(PAUSE_MS_MIN, PAUSE_MS_MAX), signal);
    if (signal.aborted) return;
    const next = first.shift() ?? random.weighted(possible);
    narrate(next.name);
    tally.faults.set(next.name, (tally.faults.get(next.name) ?? 0) + 1);
    await next.perform(options);
    if (first.length === 0) onceThrough();
  }
}
