import { pause } from '../support/pause.ts';
import { type ProcessFaultContext, type FaultChoice, faultsFor } from './process-faults.ts';
import { runLongPauses } from './long-pauses.ts';

export interface NemesisOptions extends ProcessFaultContext, FaultChoice {
  readonly setActivity: (what: string) => void;
  /** Called when each fault was done once. */
  readonly onEachDone: () => void;
}

const PAUSE_MS_MIN = 200;
const PAUSE_MS_MAX = 2_000;

/** Does one fault after the other; where others take over, servers fall isInLongPause beside that. */
export async function runNemesis(options: NemesisOptions): Promise<void> {
  await Promise.all([oneAfterTheOther(options), runLongPauses(options)]);
}

/** Each at least once, in a drawn request, then whatever the seed says. */
async function oneAfterTheOther(options: NemesisOptions): Promise<void> {
  const { random, signal, setActivity, onEachDone, counters } = options;
  const possible = faultsFor(options.targets, options);
  const first = random.shuffle(possible);
  while (!signal.aborted) {
    await pause(random.integer(PAUSE_MS_MIN, PAUSE_MS_MAX), signal);
    if (signal.aborted) return;
    const next = first.shift() ?? random.pickWeighted(possible);
    setActivity(next.name);
    counters.faults.set(next.name, (counters.faults.get(next.name) ?? 0) + 1);
    await next.perform(options);
    if (first.length === 0) onEachDone();
  }
}
