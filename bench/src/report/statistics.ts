import type { ContenderId } from '../contenders/registry.ts';
import type { FigureName, Sample } from './results.ts';

/** Middle and extremes of the rounds. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Median: the middle value, or the mean of the two in the middle. NaN for no value. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return low === undefined || high === undefined ? Number.NaN : (low + high) / 2;
}

/** Spread of values; null for none. */
export function spread(values: readonly number[]): Spread | null {
  return values.length === 0 ? null : { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}

/** A case of one contender. */
export interface Cell {
  readonly contender: ContenderId;
  readonly case: string;
}

/** Spread of a figure over the rounds; null when it was not measured. */
export function figureOf(samples: readonly Sample[], cell: Cell, name: FigureName): Spread | null {
  return spread([...byRound(samples, cell, name).values()]);
}

/**
 * Median of the ratios of two cells within each round, which both were measured in; null when there is none. Rounds
 * are interleaved, so that a disturbance of the machine hits both.
 */
export function ratioOf(samples: readonly Sample[], cell: Cell, other: Cell, name: FigureName): number | null {
  const others = byRound(samples, other, name);
  const ratios = [...byRound(samples, cell, name)].flatMap(([round, value]) => {
    const divisor = others.get(round);
    return divisor === undefined || divisor === 0 ? [] : [value / divisor];
  });
  return ratios.length === 0 ? null : median(ratios);
}

function byRound(samples: readonly Sample[], cell: Cell, name: FigureName): ReadonlyMap<number, number> {
  const found = samples.flatMap(({ contender, case: name_, round, figures }) => {
    const value = figures[name];
    return contender === cell.contender && name_ === cell.case && value !== undefined ? [[round, value] as const] : [];
  });
  return new Map(found);
}
