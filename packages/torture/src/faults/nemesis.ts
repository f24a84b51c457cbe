import { pause } from '../support/pause.ts';
import { runLongPauses } from './long-pauses.ts';
import { type FaultChoice, faultsFor, type ProcessFaultContext } from './process-faults.ts';

export interface NemesisOptions extends ProcessFaultContext, FaultChoice {
  /** Called with the name of each fault when it begins. */
  readonly setActivity: (name: string) => void;
  /** Called once each fault was performed at least once. */
  readonly onAllPerformed: () => void;
}

const PAUSE_MS_MIN = 200;
const PAUSE_MS_MAX = 2_000;

/** Performs faults until the signal aborts; where there are several servers, also pauses beyond a lease beside them. */
export async function runNemesis(options: NemesisOptions): Promise<void> {
  await Promise.all([performInTurn(options), runLongPauses(options)]);
}

/** Performs each fault once in a random order, then random ones by weight. */
async function performInTurn(options: NemesisOptions): Promise<void> {
  const { random, signal, setActivity, onAllPerformed, counters } = options;
  const possible = faultsFor(options.targets, options);
  const first = random.shuffle(possible);
  while (!signal.aborted) {
    await pause(random.integer(PAUSE_MS_MIN, PAUSE_MS_MAX), signal);
    if (signal.aborted) return;
    const next = first.shift() ?? random.pickWeighted(possible);
    setActivity(next.name);
    counters.faults.set(next.name, (counters.faults.get(next.name) ?? 0) + 1);
    await next.perform(options);
    if (first.length === 0) onAllPerformed();
  }
}
