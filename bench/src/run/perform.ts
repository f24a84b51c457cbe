import type { Loaders } from '../contenders/load.ts';
import { SUITES } from '../suites/index.ts';
import type { Measured, Task } from '../suites/suite.ts';
import { takeProfile } from './profile.ts';

/** Performs the task in the arguments of this process, sends what it measures, and ends the process. */
export async function perform(loaders: Loaders): Promise<void> {
  // At the end, when what was sent is flushed; also when the run ends before. What a driver left open keeps nothing.
  process.once('disconnect', () => process.exit(0));
  const task = JSON.parse(process.argv[2] ?? '') as Task;
  const load = loaders[task.contender];
  const suite = SUITES[task.suite];
  if (load === undefined || suite === undefined) throw new Error(`${task.contender} or ${task.suite} is not known`);
  const { contender } = await load();
  await suite.measure(contender, task, (case_, figures) => {
    const profile = takeProfile();
    const measured = { case: case_, figures, ...(profile === undefined ? {} : { profile }) };
    process.send?.(measured satisfies Measured);
  });
  process.disconnect();
}
