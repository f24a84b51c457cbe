import type { CreateRequest } from '@reservations/core';
import type { SeededRandom } from '@reservations/core/testing';
import type { ExpectedCharge } from '../evidence/evidence.ts';
import { UNRESOLVABLE, type Persona } from '../ports/payment-service.ts';
import type { Swarm } from '../faults/swarm.ts';

/** A request and the charge that it must lead to. */
export interface DrawnRequest {
  readonly body: CreateRequest;
  /** Null for an invalid request. */
  readonly expected: ExpectedCharge | null;
}

/** Independent of the code under test. */
const CURRENCIES = [
  { currency: 'JPY', decimals: 0 },
  { currency: 'EUR', decimals: 2 },
  { currency: 'USD', decimals: 2 },
  { currency: 'KWD', decimals: 3 },
] as const;

const DIGITS_MAX = 15;

/** Below this many minor units a sum in doubles is closer to its true value than to any other. */
const SUMMED_MAX = 10 ** 12;

const INVALID: readonly CreateRequest[] = [
  { userId: '', amount: 10 },
  { userId: 'eve', amount: 0 },
  { userId: 'eve', amount: -1 },
  { userId: 'eve', amount: '10.505' },
  { userId: 'eve', amount: '1.5', currency: 'JPY' },
  { userId: 'eve', amount: 10, currency: 'ZZZ' },
  { userId: 'eve', amount: '10000000000000000' },
];

/** Draws a request: mostly valid, of any amount and number of decimals. */
export function drawRequest(random: SeededRandom, swarm: Swarm): DrawnRequest {
  if (random.chance(0.06)) return { body: random.pick(INVALID), expected: null };
  const { currency, decimals } = random.pick(CURRENCIES);
  const amountMinor = drawAmount(random);
  const digits = String(amountMinor).padStart(decimals + 1, '0');
  const split = digits.length - decimals;
  const text = decimals === 0 ? digits : `${digits.slice(0, split)}.${digits.slice(split)}`;
  const amount = Number(text);
  const userId = `user${random.integer(1, 9)}:${drawPersona(random, swarm)}`;
  const body = { userId, amount: random.chance(0.5) ? text : drawNumber(random, amountMinor, decimals), currency };
  return { body, expected: { userId, amountMinor, currency, decimals, amount } };
}

function drawAmount(random: SeededRandom): number {
  const digits = random.integer(1, DIGITS_MAX);
  let text = String(random.integer(1, 9));
  while (text.length < digits) text += String(random.integer(0, 9));
  return Number(text);
}

/** The amount as one number, or as a sum that a client computed in doubles. */
function drawNumber(random: SeededRandom, amountMinor: number, decimals: number): number {
  const major = (minor: number): number => Number(`${minor}e-${decimals}`);
  if (amountMinor >= SUMMED_MAX || random.chance(0.5)) return major(amountMinor);
  const first = random.integer(0, amountMinor);
  const second = random.integer(0, amountMinor - first);
  return major(first) + major(second) + major(amountMinor - first - second);
}

function drawPersona(random: SeededRandom, swarm: Swarm): Persona {
  if (random.chance(swarm.unresolvableUsers)) return random.pick(UNRESOLVABLE);
  if (random.chance(swarm.declinedUsers)) return random.pick(['is-declined', 'is-refused']);
  return 'pays';
}
