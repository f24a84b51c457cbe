import type { Contender, Place } from '../contenders/contender.ts';
import type { ContenderId } from '../contenders/registry.ts';
import type { Figures, Profile } from '../report/results.ts';

/** What the process of a contender is to do in one round of a suite. */
export interface Task {
  readonly suite: string;
  readonly contender: ContenderId;
  /** Cases to measure. */
  readonly cases: readonly string[];
  readonly place: Place;
  /** Length of one measurement. */
  readonly ms: number;
  /** A short run: smaller stores, shorter pauses. */
  readonly quick: boolean;
  /** Time in seconds that growing one store may take; sizes beyond the usual ones are then tried. */
  readonly growthSeconds?: number;
}

/** What the process of a contender sends. */
export interface Measured {
  readonly case: string;
  readonly figures: Figures;
  /** In a round that is profiled. */
  readonly profile?: Profile;
}

/** Reports the figures of a case. */
export type Report = (case_: string, figures: Figures) => void;

/** A kind of measurement. */
export interface Suite {
  readonly title: string;
  /** What one operation is. */
  readonly operation: string;
  readonly contenders: readonly ContenderId[];
  /** Cases by id, with their labels. */
  readonly cases: Readonly<Record<string, string>>;
  /** Cases of a quick run. Default: all. */
  readonly quickCases?: readonly string[];
  /** Rounds that suffice, for a suite that takes long. Default: those of the run. */
  readonly roundsMax?: number;
  /** Part of a run without `--suites`. */
  readonly byDefault: boolean;
  /** Measures one contender, in a process of its own. */
  measure(contender: Contender, task: Task, report: Report): Promise<void>;
}

/** Returns a member that a suite needs. @throws {Error} when the contender has none. */
export function need<Member>(member: Member | undefined, { suite, contender }: Task): Member {
  if (member === undefined) throw new Error(`${contender} takes no part in the suite ${suite}`);
  return member;
}
