import { performInProcess } from '../run/fork.ts';
import type { Figures } from '../report/results.ts';
import { need, type Suite } from './suite.ts';

const COUNTS = [1, 2, 4];
const CASE = 'all/50';
const LIMIT_MS = 60_000;

/** Appends of several processes to one database. */
export const processes: Suite = {
  title: 'Several processes on one database',
  operation: 'append of event, view, queue and key, 50 at a time from each process, durable',
  contenders: ['ours-postgres'],
  cases: Object.fromEntries(COUNTS.map((count) => [`${count}`, count === 1 ? '1 process' : `${count} processes`])),
  quickCases: ['1', '2'],
  byDefault: true,
  async measure(contender, task, report) {
    // The tables are there before the processes begin, so that none of them waits for another.
    await (await need(contender.append, task)(task.place, 'all')).close();
    for (const count of COUNTS.filter((count) => task.cases.includes(`${count}`))) {
      const one = { ...task, suite: 'append', cases: [CASE] };
      const measured = await Promise.all(Array.from({ length: count }, () => performInProcess(one, LIMIT_MS)));
      report(`${count}`, together(measured.flat().map(({ figures }) => figures)));
    }
  },
};

/** Rates and memory add up; the latency is that of the slowest process, the CPU time the mean. */
function together(all: readonly Figures[]): Figures {
  const values = (name: keyof Figures): readonly number[] =>
    all.flatMap(({ [name]: value }) => (value === undefined ? [] : [value]));
  const sum = (name: keyof Figures): number => values(name).reduce((total, value) => total + value, 0);
  return {
    perSecond: sum('perSecond'),
    p50Ms: Math.max(...values('p50Ms')),
    p99Ms: Math.max(...values('p99Ms')),
    cpuMicros: sum('cpuMicros') / all.length,
    rssMib: sum('rssMib'),
  };
}
