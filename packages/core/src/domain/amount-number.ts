import { type AmountFault, parseMinorUnits } from './money.ts';

/**
 * Largest distance, in doubles, between a number and the amount that it stands for. Sums and products of amounts computed
 * in doubles are off by that much: 0.1 + 0.2 is 0.30000000000000004, one double above 0.3.
 */
export const AMOUNT_ULPS_MAX = 4;

/**
 * Largest distance, in minor units, between a number and the amount that it stands for. It applies from 2.8 × 10^14 minor
 * units on, where {@link AMOUNT_ULPS_MAX} doubles reach further, up to the middle between two amounts.
 */
const MINOR_UNITS_MAX = 0.25;

/** 10 to this power is the number of minor units in a major unit. */
const BASE = 10;

/**
 * Converts a number of major units to whole minor units. A number between two amounts counts as the nearest amount when it
 * is at most {@link AMOUNT_ULPS_MAX} doubles away and not nearly half-way to the next one; otherwise it has too many
 * decimals. Texts are exact: see {@link parseMinorUnits}.
 */
export function readAmountNumber(value: number, decimals: number): number | AmountFault {
  const exact = parseMinorUnits(String(value), decimals);
  if (exact !== 'too-many-decimals') return exact;
  const nearest = nearestAmount(value, decimals);
  return nearest === null ? 'too-many-decimals' : parseMinorUnits(nearest.text, decimals);
}

/** A decimal number that is an amount, with its distance from the double. */
export interface NearestAmount {
  readonly text: string;
  readonly ulps: number;
}

/** The amount with `decimals` decimals that a positive double stands for, or null when there is none. */
export function nearestAmount(value: number, decimals: number): NearestAmount | null {
  const text = value.toFixed(decimals);
  const amount = Number(text);
  const ulps = ulpsApart(amount, value);
  const isNear = ulps <= AMOUNT_ULPS_MAX && Math.abs(amount - value) * BASE ** decimals <= MINOR_UNITS_MAX;
  return isNear ? { text, ulps } : null;
}

/** Number of doubles between two positive doubles. */
function ulpsApart(a: number, b: number): number {
  const [bitsA = 0n, bitsB = 0n] = new BigInt64Array(Float64Array.of(a, b).buffer);
  return Math.abs(Number(bitsA - bitsB));
}
