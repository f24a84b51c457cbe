import type { AppendRequest } from '../../ports/event-store.ts';
import type { ReservationStore } from '../../ports/reservation-store.ts';
import type { StoreHarness } from './case.ts';
import { describeValue } from './words.ts';

/** Calls that are remembered of one case: those that were made last. */
const CALLS_MAX = 32;

/** A call of the store under test. Arguments and results are kept as they are: few of them are ever described. */
export interface RecordedCall {
  /** Port and member, as "events.append". */
  readonly member: string;
  readonly args: readonly unknown[];
  outcome: CallOutcome;
}

/** How a call ended. */
type CallOutcome =
  | { readonly kind: 'under-way' }
  | { readonly kind: 'returned'; readonly value: unknown }
  | { readonly kind: 'threw'; readonly error: unknown };

/** A harness whose stores note down each call. */
export interface RecordingHarness {
  readonly harness: StoreHarness;
  /** In the order in which they were made. */
  readonly calls: readonly RecordedCall[];
}

/** Builds it. Everything else of the stores is as it was, and the harness gets back its own. */
export function recordCalls({ open, reopen, openBeside }: StoreHarness): RecordingHarness {
  const calls: RecordedCall[] = [];
  const originals = new WeakMap<ReservationStore, ReservationStore>();

  function recorded(store: ReservationStore, name: string): ReservationStore {
    const wrapped = recordedObject(store, name, calls);
    originals.set(wrapped, store);
    return wrapped;
  }
  function original(store: ReservationStore): ReservationStore {
    return originals.get(store) ?? store;
  }
  return {
    calls,
    harness: {
      open: async () => recorded(await open(), ''),
      reopen: reopen && (async (store) => recorded(await reopen(original(store)), 'reopened.')),
      openBeside: openBeside && (async (store) => recorded(await openBeside(original(store)), 'beside.')),
    },
  };
}

/** Ports of a store, which have members of their own. */
const PORTS: ReadonlySet<string> = new Set(['events', 'view', 'repair', 'work', 'subscriptions', 'apiKeys']);

/** The object with its functions noted down; it may be of a class. */
function recordedObject<Original extends object>(original: Original, name: string, calls: RecordedCall[]): Original {
  return new Proxy(original, {
    get(target, key) {
      const member: unknown = Reflect.get(target, key, target);
      if (typeof key !== 'string') return member;
      if (typeof member === 'function') return recordedFunction(target, member, `${name}${key}`, calls);
      const isPort = PORTS.has(key) && typeof member === 'object' && member !== null;
      return isPort ? recordedObject(member, `${name}${key}.`, calls) : member;
    },
  });
}

function recordedFunction(
  target: object,
  member: CallableFunction,
  name: string,
  calls: RecordedCall[],
): (...args: readonly unknown[]) => unknown {
  return (...args) => {
    const call: RecordedCall = { member: name, args, outcome: { kind: 'under-way' } };
    if (calls.push(call) > CALLS_MAX) calls.shift();
    try {
      const result: unknown = Reflect.apply(member, target, args);
      if (!(result instanceof Promise)) {
        call.outcome = { kind: 'returned', value: result };
        return result;
      }
      return result.then(
        (value: unknown) => {
          call.outcome = { kind: 'returned', value };
          return value;
        },
        (error: unknown) => {
          call.outcome = { kind: 'threw', error };
          throw error;
        },
      );
    } catch (error) {
      call.outcome = { kind: 'threw', error };
      throw error;
    }
  };
}

/** The call on one line. */
export function describeCall({ member, args, outcome }: RecordedCall): string {
  return `${member}(${args.map(describeArgument).join(', ')}) → ${describeOutcome(outcome)}`;
}

/** An append by what tells it apart from others. */
function describeArgument(argument: unknown): string {
  if (!isAppendRequest(argument)) return describeValue(argument);
  const { stream, expected, events, commandId, inlineWrites } = argument;
  const changes = Object.entries(inlineWrites).filter(([name, change]) => name !== 'summary' && !isNothing(change));
  return [
    `stream ${stream}, expected ${JSON.stringify(expected)}, events: ${events.length}, command ${commandId}`,
    ...changes.map(([name, change]) => `${name} ${describeValue(change)}`),
  ].join(', ');
}

function isNothing(change: unknown): boolean {
  return (
    change === null ||
    (typeof change === 'object' && ('kind' in change ? change.kind : 'change' in change && change.change) === 'keep')
  );
}

function isAppendRequest(argument: unknown): argument is AppendRequest {
  return typeof argument === 'object' && argument !== null && 'commandId' in argument && 'inlineWrites' in argument;
}

function describeOutcome(outcome: CallOutcome): string {
  switch (outcome.kind) {
    case 'under-way':
      return 'had not ended';
    case 'returned':
      return describeValue(outcome.value);
    case 'threw':
      return `threw ${describeValue(outcome.error)}`;
  }
}
