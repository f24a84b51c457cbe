import { CONTENDERS, type ContenderId } from '../contenders/registry.ts';
import type { Options } from '../options.ts';
import type { Circumstances, NotRun, ProfiledSample, Results, Sample } from '../report/results.ts';
import { PROFILED_CASES } from '../report/profiles.ts';
import { SUITES } from '../suites/index.ts';
import type { Suite, Task } from '../suites/suite.ts';
import { prepareSites, type Sites } from './databases.ts';
import { performInProcess } from './fork.ts';
import { describeMachine, versions } from './machine.ts';
import { missing } from './peers.ts';
import { PROFILED } from './profile.ts';

/** Bound for one contender in one round of a suite; a machine ten times as slow stays below it. */
const LIMIT_MS = 300_000;

/** What grows for a second is measured for no longer than that. */
const GROWTH_LIMIT_MS_PER_S = 2_000;

const MS_PER_MINUTE = 60_000;

/** Failures after which a contender is left out of a suite. */
const FAILURES_MAX = 2;

/** What a run has so far. */
interface Progress {
  readonly suites: Record<string, Sample[]>;
  readonly notRun: NotRun[];
  readonly profiles: ProfiledSample[];
}

/**
 * Runs all suites round by round, and begins no round that would end after the time of the options. `save` gets the
 * results after each contender. When the signal is aborted, what is under way is ended and what was measured is kept.
 */
export async function run(options: Options, signal: AbortSignal, save: (results: Results) => void): Promise<void> {
  const startedAt = new Date().toISOString();
  const progress: Progress = {
    suites: Object.fromEntries(options.suites.map((id) => [id, []])),
    notRun: unable(options),
    profiles: [],
  };
  const machine = describeMachine();
  const sites = await prepareSites();
  try {
    const postgres = await sites.postgresSettings();
    const { seconds, quick } = options;
    let rounds = 1;
    let roundMs = 0;
    const saveAs = (finishedAt: string | null): void => {
      const made = { rounds, seconds, quick };
      const circumstances: Circumstances = {
        startedAt,
        finishedAt,
        machine,
        versions: versions(),
        postgres,
        options: made,
      };
      save({ format: 1, circumstances, ...progress });
    };
    saveAs(null);
    const began = performance.now();
    for (let round = 1; round <= options.rounds; round += 1) {
      const roundBegan = performance.now();
      const endsMs = roundBegan - began + roundMs;
      if (round > 1 && endsMs > options.minutes * MS_PER_MINUTE) {
        console.log(`no round ${round}: it would end after ${Math.round(endsMs / MS_PER_MINUTE)} minutes`);
        break;
      }
      rounds = round;
      await runRound(round, { options, sites, signal, progress, save: () => saveAs(null) });
      if (signal.aborted) return;
      roundMs = performance.now() - roundBegan;
    }
    await profileCases({ options, sites, signal, progress, save: () => saveAs(null) });
    if (signal.aborted) return;
    saveAs(new Date().toISOString());
  } finally {
    await sites.remove();
  }
}

interface Round {
  readonly options: Options;
  readonly sites: Sites;
  readonly signal: AbortSignal;
  readonly progress: Progress;
  save(): void;
}

/** Measures every contender of every suite once, in every other round in reverse order. */
async function runRound(round: number, { options, sites, signal, progress, save }: Round): Promise<void> {
  for (const id of options.suites) {
    const suite = SUITES[id];
    if (suite === undefined || round > (suite.roundsMax ?? round)) continue;
    const contenders = suite.contenders.filter(
      (one) => options.contenders.includes(one) && !isLeftOut(progress.notRun, id, one),
    );
    for (const contender of round % 2 === 1 ? contenders : contenders.toReversed()) {
      if (signal.aborted) return;
      const began = performance.now();
      const site = await sites.create(CONTENDERS[contender].store);
      try {
        const place = { db: site.db, folder: site.folder, paymentPort: 0 };
        const task = taskOf(id, suite, contender, place, options);
        const limitMs = LIMIT_MS + (options.growthSeconds ?? 0) * GROWTH_LIMIT_MS_PER_S;
        const measured = await performInProcess(task, limitMs, signal);
        const samples = measured.map(({ case: name, figures }) => ({ contender, case: name, round, figures }));
        progress.suites[id]?.push(...samples);
        const tookSeconds = ((performance.now() - began) / 1_000).toFixed(1);
        console.log(`round ${round} of ${options.rounds}, ${id}: ${contender}, ${tookSeconds} s`);
      } catch (error) {
        if (signal.aborted) return;
        const reason = error instanceof Error ? error.message : String(error);
        console.error(`round ${round}, ${id}: ${reason}`);
        progress.notRun.push({ contender, suite: id, round, reason: causeOf(reason) });
      } finally {
        await site.remove();
      }
      save();
    }
  }
}

/** Measures what goals compare once more, with a profiler: where the time goes, not how long it takes. */
async function profileCases({ options, sites, signal, progress, save }: Round): Promise<void> {
  for (const [id, cases] of Object.entries(PROFILED_CASES)) {
    const suite = SUITES[id];
    if (suite === undefined || !options.suites.includes(id)) continue;
    const contenders = suite.contenders.filter(
      (one) =>
        options.contenders.includes(one) && CONTENDERS[one].kind !== 'peer' && !isLeftOut(progress.notRun, id, one),
    );
    for (const contender of contenders) {
      const site = await sites.create(CONTENDERS[contender].store);
      try {
        const place = { db: site.db, folder: site.folder, paymentPort: 0 };
        const task = { ...taskOf(id, suite, contender, place, options), cases };
        for (const { case: name, figures, profile } of await performInProcess(task, LIMIT_MS, signal, PROFILED)) {
          const { cpuMicros } = figures;
          if (profile === undefined || cpuMicros === undefined) continue;
          progress.profiles.push({ suite: id, contender, case: name, cpuMicros, profile });
        }
        console.log(`profiles, ${id}: ${contender}`);
      } catch (error) {
        if (signal.aborted) return;
        console.error(`profiles, ${id}: ${error instanceof Error ? error.message : String(error)}`);
      } finally {
        await site.remove();
      }
      save();
    }
  }
}

function taskOf(id: string, suite: Suite, contender: ContenderId, place: Task['place'], options: Options): Task {
  const { seconds, quick, growthSeconds } = options;
  const cases = quick && suite.quickCases !== undefined ? suite.quickCases : Object.keys(suite.cases);
  const task = { suite: id, contender, cases, place, ms: seconds * 1_000, quick };
  return growthSeconds === null ? task : { ...task, growthSeconds };
}

/** The contenders that cannot run here, by suite. */
function unable({ suites, contenders }: Options): NotRun[] {
  const reasons = new Map(
    [...new Set(contenders.map((id) => CONTENDERS[id].needs))].map((needs) => [needs, missing(needs)]),
  );
  return suites.flatMap((suite) =>
    (SUITES[suite]?.contenders ?? []).flatMap((contender) => {
      const reason = contenders.includes(contender) ? reasons.get(CONTENDERS[contender].needs) : null;
      return reason === null || reason === undefined ? [] : [{ contender, suite, round: null, reason }];
    }),
  );
}

/** True for a contender that cannot run here or has failed often. */
function isLeftOut(notRun: readonly NotRun[], suite: string, contender: ContenderId): boolean {
  const entries = notRun.filter((one) => one.suite === suite && one.contender === contender);
  return entries.some(({ round }) => round === null) || entries.length >= FAILURES_MAX;
}

/** The line of a failure that names the error, or its first one. */
function causeOf(reason: string): string {
  const lines = reason.split('\n');
  return (lines.findLast((line) => /\bError\b/.test(line)) ?? lines[0] ?? '').trim();
}
