import { CONTENDERS, type ContenderId } from '../contenders/registry.ts';
import type { Options } from '../options.ts';
import type { NotRun, Results, Sample } from '../report/results.ts';
import { SUITES } from '../suites/index.ts';
import type { Suite } from '../suites/suite.ts';
import { prepareSites, type Sites } from './databases.ts';
import { performInProcess } from './fork.ts';
import { describeMachine, versions } from './machine.ts';
import { missing } from './peers.ts';

/** Bound for one contender in one round of a suite; a machine ten times as slow stays below it. */
const LIMIT_MS = 300_000;

/** What grows for a second is measured for no longer than that. */
const GROWTH_LIMIT_MS_PER_S = 2_000;

/**
 * Runs suites round by round; `save` gets the results after each contender. When the signal is aborted, what is under
 * way is ended and what was measured is kept.
 */
export async function run(options: Options, signal: AbortSignal, save: (results: Results) => void): Promise<void> {
  const startedAt = new Date().toISOString();
  const reasons = new Map(
    [...new Set(options.contenders.map((id) => CONTENDERS[id].needs))].map((needs) => [needs, missing(needs)]),
  );
  const machine = describeMachine();
  const sites = await prepareSites();
  const suites: Record<string, Sample[]> = {};
  const notRun: NotRun[] = [];
  const { rounds, seconds, quick } = options;
  try {
    const postgres = await sites.postgresSettings();
    const results = (finishedAt: string | null): Results => ({
      format: 1,
      circumstances: {
        startedAt,
        finishedAt,
        machine,
        versions: versions(),
        postgres,
        options: { rounds, seconds, quick },
      },
      notRun,
      suites,
    });
    for (const id of options.suites) {
      if (signal.aborted) return;
      const suite = SUITES[id];
      if (suite === undefined) continue;
      const samples: Sample[] = [];
      suites[id] = samples;
      const contenders = suite.contenders.filter((contender) => options.contenders.includes(contender));
      const [able, unable] = partition(contenders, (contender) => reasons.get(CONTENDERS[contender].needs) ?? null);
      notRun.push(...unable.map(([contender, reason]) => ({ contender, suite: id, reason })));
      await runSuite({ id, suite, contenders: able, options, sites, signal, samples, notRun }, () =>
        save(results(null)),
      );
    }
    if (!signal.aborted) save(results(new Date().toISOString()));
  } finally {
    await sites.remove();
  }
}

interface SuiteRun {
  readonly id: string;
  readonly suite: Suite;
  readonly contenders: readonly ContenderId[];
  readonly options: Options;
  readonly sites: Sites;
  readonly signal: AbortSignal;
  readonly samples: Sample[];
  readonly notRun: NotRun[];
}

/** Each round measures every contender once, every other round in reverse order. A contender that fails is left out. */
async function runSuite(
  { id, suite, contenders, options, sites, signal, samples, notRun }: SuiteRun,
  save: () => void,
): Promise<void> {
  const { seconds, quick, growthSeconds } = options;
  const rounds = Math.min(options.rounds, suite.roundsMax ?? options.rounds);
  const cases = quick && suite.quickCases !== undefined ? suite.quickCases : Object.keys(suite.cases);
  const failed = new Set<ContenderId>();
  for (let round = 1; round <= rounds; round += 1) {
    for (const contender of round % 2 === 1 ? contenders : contenders.toReversed()) {
      if (signal.aborted) return;
      if (failed.has(contender)) continue;
      const began = performance.now();
      const site = await sites.create(CONTENDERS[contender].store);
      const place = { db: site.db, folder: site.folder, paymentPort: 0 };
      const common = { suite: id, contender, cases, place, ms: seconds * 1_000, quick };
      const task = growthSeconds === null ? common : { ...common, growthSeconds };
      try {
        const measured = await performInProcess(task, LIMIT_MS + (growthSeconds ?? 0) * GROWTH_LIMIT_MS_PER_S, signal);
        samples.push(...measured.map(({ case: name, figures }) => ({ contender, case: name, round, figures })));
        const tookSeconds = ((performance.now() - began) / 1_000).toFixed(1);
        console.log(`${id}, round ${round} of ${rounds}: ${contender}, ${tookSeconds} s`);
      } catch (error) {
        if (signal.aborted) return;
        const reason = error instanceof Error ? error.message : String(error);
        console.error(`${id}, round ${round}: ${reason}`);
        failed.add(contender);
        notRun.push({ contender, suite: id, reason: causeOf(reason) });
      } finally {
        await site.remove();
      }
      save();
    }
  }
}

/** The line of a failure that names the error, or its first one. */
function causeOf(reason: string): string {
  const lines = reason.split('\n');
  return (lines.findLast((line) => /\bError\b/.test(line)) ?? lines[0] ?? '').trim();
}

function partition<Item>(
  items: readonly Item[],
  reasonOf: (item: Item) => string | null,
): [able: readonly Item[], unable: readonly (readonly [Item, string])[]] {
  const unable = items.flatMap((item) => {
    const reason = reasonOf(item);
    return reason === null ? [] : [[item, reason] as const];
  });
  return [items.filter((item) => reasonOf(item) === null), unable];
}
