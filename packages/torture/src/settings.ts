import { parseArgs } from 'node:util';
import type { PaymentIdempotency } from '@reservations/core';
import { STORE_KINDS, type StoreKindName } from './databases/store-kinds.ts';

/** What a run is to be. */
export interface TortureSettings {
  readonly store: StoreKindName;
  /** What the payment service promises; with "none" the sandbox charges every call that it sees. */
  readonly paymentIdempotency: PaymentIdempotency;
  /** What servers tell clients of an unknown outcome: the truth, or FAILED. */
  readonly answerUnknownAs: 'pending' | 'failed';
  /** How long load and faults last. Healing comes on top. */
  readonly durationMs: number;
  /** Names of the faults to do: these alone, without failpoints and sleeping servers; null for everything. */
  readonly only: readonly string[] | null;
  /** Decides what is asked for, what is done to the processes, and in which request; times are real. */
  readonly seed: number;
}

/** What the command line asks for. */
export type CommandLine =
  | { readonly kind: 'run' | 'self-test'; readonly settings: TortureSettings }
  | { readonly kind: 'help' }
  | { readonly kind: 'faults'; readonly faults: readonly string[] };

/** The text of `--help`. */
export const USAGE = `Usage: pnpm torture [OPTIONS]

Runs real servers and a real payment service under load, kills, pauses and restarts them, heals, and compares what
clients were told, what the store says and what the ledger says. Exits with 1 when a promise was broken.

Options:
  --store KIND                ${Object.keys(STORE_KINDS).join(', ')} [default: sqlite]
  --payment-idempotency WHAT  by-reservation-id, or none: a service that charges every call [default: by-reservation-id]
  --payment-unknown-outcome WHAT  pending, or fail: clients are told FAILED, and nothing is sent again
                              [default: pending]
  --minutes N                 how long load and faults last; fractions too [default: 1]
  --only NAMES                these faults alone, by the names in the table, separated by commas; no failpoints then
  --seed N                    what is done, and in which request; times are real, so that a run is not repeated
                              exactly [default: a new one]
  --self-test                 falsifies the evidence of a short run and shows that each falsification is noticed
`;

const MS_PER_MINUTE = 60_000;
const MINUTES_MAX = 10_080;
const SEED_MAX = 4_294_967_295;

/** How long a self-test lasts unless said otherwise. */
const SELF_TEST_MINUTES = 0.25;

const OPTIONS = {
  store: { type: 'string', default: 'sqlite' },
  'payment-idempotency': { type: 'string', default: 'by-reservation-id' },
  'payment-unknown-outcome': { type: 'string', default: 'pending' },
  minutes: { type: 'string' },
  only: { type: 'string' },
  seed: { type: 'string' },
  'self-test': { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/** Reads the command line; reports every fault at once. `newSeed` is used when it names none. */
export function readCommandLine(args: readonly string[], newSeed: number): CommandLine {
  const values = parse(args);
  if (typeof values === 'string') return { kind: 'faults', faults: [values] };
  if (values.help) return { kind: 'help' };
  const faults: string[] = [];
  const check = (flag: string, expected: string, fine: boolean, found: string): void => {
    if (!fine) faults.push(`--${flag}: expected ${expected}, found ${JSON.stringify(found)}`);
  };
  const { store, 'payment-idempotency': paymentIdempotency, 'self-test': selfTest } = values;
  const unknownOutcome = values['payment-unknown-outcome'];
  const minutesText = values.minutes ?? (selfTest ? String(SELF_TEST_MINUTES) : '1');
  const minutes = Number(minutesText);
  const seedText = values.seed ?? String(newSeed);
  const seed = Number(seedText);
  check('store', `one of ${Object.keys(STORE_KINDS).join(', ')}`, isStoreKind(store), store);
  const isIdempotency = paymentIdempotency === 'by-reservation-id' || paymentIdempotency === 'none';
  check('payment-idempotency', 'by-reservation-id or none', isIdempotency, paymentIdempotency);
  const isUnknownOutcome = unknownOutcome === 'pending' || unknownOutcome === 'fail';
  check('payment-unknown-outcome', 'pending or fail', isUnknownOutcome, unknownOutcome);
  check('minutes', `more than 0, at most ${MINUTES_MAX}`, minutes > 0 && minutes <= MINUTES_MAX, minutesText);
  const isSeed = Number.isInteger(seed) && seed >= 0 && seed <= SEED_MAX;
  check('seed', `a whole number from 0 to ${SEED_MAX}`, isSeed, seedText);
  if (!isStoreKind(store) || !isIdempotency || !isUnknownOutcome || faults.length > 0)
    return { kind: 'faults', faults };
  const only = values.only?.split(',').map((name) => name.trim()) ?? null;
  const durationMs = minutes * MS_PER_MINUTE;
  const answerUnknownAs = unknownOutcome === 'fail' ? 'failed' : 'pending';
  const settings = { store, paymentIdempotency, answerUnknownAs, durationMs, only, seed } as const;
  return { kind: selfTest ? 'self-test' : 'run', settings };
}

function parse(args: readonly string[]): ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'] | string {
  try {
    return parseArgs({ args: [...args], options: OPTIONS }).values;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function isStoreKind(name: string): name is StoreKindName {
  return Object.hasOwn(STORE_KINDS, name);
}
