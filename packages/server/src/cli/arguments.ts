import { parseArgs } from 'node:util';
import { type ReservationId, parseReservationId } from '@reservations/core';
import { type AnySetting, withoutSecrets } from '../config/settings.ts';

/** The one argument of a command that is no option. */
export interface PositionalArgument<Value> {
  /** What it should be, in words. */
  readonly expected: string;
  /** Returns its value, or null when it is not what it should be. */
  parse(text: string): Value | null;
  /** What stands for it when it is not given; absent for an argument that must be. */
  readonly default?: Value;
}

/** The id of a reservation. */
export const RESERVATION_ARGUMENT: PositionalArgument<ReservationId> = {
  expected: 'the id of a reservation, RES-…',
  parse: parseReservationId,
};

/** A positional argument, or what is wrong with it, and all other arguments. */
export type PositionalRead<Value> = { readonly rest: readonly string[] } & (
  | { readonly kind: 'value'; readonly value: Value }
  | { readonly kind: 'fault'; readonly fault: string }
);

/** Takes a positional argument out of the arguments of a command, from before, between or behind its options. */
export function readPositional<Value>(
  settings: readonly AnySetting[],
  argument: PositionalArgument<Value>,
  args: readonly string[],
): PositionalRead<Value> {
  const { text, rest } = takePositional(settings, args);
  if (text === null && argument.default !== undefined) return { kind: 'value', value: argument.default, rest };
  const value = text === null ? null : argument.parse(text);
  if (value !== null) return { kind: 'value', value, rest };
  const fault = `expected ${argument.expected}, found ${withoutSecrets(text ?? 'nothing')}`;
  return { kind: 'fault', fault, rest };
}

/** Returns the first argument that is no option and no option's value, and all the others. */
function takePositional(
  settings: readonly AnySetting[],
  args: readonly string[],
): { readonly text: string | null; readonly rest: readonly string[] } {
  const options = Object.fromEntries(
    settings.map(({ flag, value }) => [flag, { type: value === null ? ('boolean' as const) : ('string' as const) }]),
  );
  const { tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true });
  const positional = tokens.find((token) => token.kind === 'positional');
  if (positional === undefined) return { text: null, rest: args };
  return { text: positional.value, rest: args.toSpliced(positional.index, 1) };
}
