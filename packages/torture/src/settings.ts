import { parseArgs } from 'node:util';
import type { PaymentIdempotency } from '@reservations/core/ports';
import { STORE_KINDS, type StoreKindName } from './databases/store-kinds.ts';

/** The settings of a run. */
export interface TortureSettings {
  readonly store: StoreKindName;
  /** The payment service's idempotency; with "none" the sandbox charges every call. */
  readonly paymentIdempotency: PaymentIdempotency;
  /** How servers answer an unknown outcome. */
  readonly answerUnknownAs: 'pending' | 'failed';
  /** Length of the phase with load and faults, without healing. */
  readonly durationMs: number;
  /** Names of the faults to perform, without failpoints and long pauses; null for all. */
  readonly only: readonly string[] | null;
  /** Decides requests and faults and their order. Times are real, so that a run is not repeated exactly. */
  readonly seed: number;
}

/** A parsed command line. */
export type CommandLine =
  | { readonly kind: 'run' | 'self-test'; readonly settings: TortureSettings }
  | { readonly kind: 'help' }
  | { readonly kind: 'faults'; readonly faults: readonly string[] };

/** The text of `--help`. */
export const USAGE = `Usage: pnpm torture [OPTIONS]

Runs real servers and a real payment service under load, kills, pauses and restarts them, heals, and compares
the answers to clients, the event store and the ledger. Exits with 1 after a violation.

Options:
  --store KIND                ${Object.keys(STORE_KINDS).join(', ')} [default: sqlite]
  --payment-idempotency WHAT  by-reservation-id, or none: a service that charges every call [default: by-reservation-id]
  --payment-unknown-outcome WHAT  pending, or fail: it is answered as FAILED, and not sent again
                              [default: pending]
  --minutes N                 length of load and faults; may be a fraction [default: 1]
  --only NAMES                only these faults of the report, separated by commas, without failpoints
  --seed N                    decides requests and faults; times are real, so that a run is not repeated exactly
                              [default: a new one]
  --self-test                 falsifies the evidence of a short run and shows that the checks find each falsification
`;

const MS_PER_MINUTE = 60_000;
const MINUTES_MAX = 10_080;
const SEED_MAX = 4_294_967_295;

/** Default length of a self-test. */
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

/** Reads the command line. Reports all faults at once. `newSeed` is the default of --seed. */
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
