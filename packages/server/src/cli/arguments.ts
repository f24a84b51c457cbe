import { parseArgs } from 'node:util';
import { type ReservationId, parseReservationId } from '@reservations/core';
import { type AnySetting, readSettings, type Settings, type SettingsRead, withoutSecrets } from '../settings.ts';
import type { CliContext } from './command.ts';

/** What a command with one positional argument was told. */
type WithPositional<Values, Positional> =
  | { readonly kind: 'values'; readonly values: Values; readonly positional: Positional }
  | Extract<SettingsRead<Values>, { kind: 'faults' }>;

/** The one argument of a command that is no option. */
export interface PositionalArgument<Value> {
  /** What it should be, in words. */
  readonly expected: string;
  /** Its value, or null when it is not what it should be. */
  parse(text: string): Value | null;
}

/** Reads the settings of a command that also takes a positional argument, before, between or after them. */
export function readWithPositional<Values, Positional>(
  settings: Settings<Values>,
  argument: PositionalArgument<Positional>,
  args: readonly string[],
  context: CliContext,
): WithPositional<Values, Positional> {
  const { text, rest } = takePositional(Object.values<AnySetting>(settings), args);
  const read = readSettings(settings, { args: rest, env: context.env });
  const positional = text === null ? null : argument.parse(text);
  const faults = read.kind === 'faults' ? [...read.faults] : [];
  if (positional === null) faults.unshift(`expected ${argument.expected}, found ${withoutSecrets(text ?? 'nothing')}`);
  if (read.kind === 'faults' || positional === null) return { kind: 'faults', faults };
  return { ...read, positional };
}

/** What a command about one reservation was told. */
type WithReservation<Values> =
  | { readonly kind: 'values'; readonly values: Values; readonly id: ReservationId }
  | Extract<SettingsRead<Values>, { kind: 'faults' }>;

/** {@link readWithPositional} for the id of a reservation. */
export function readWithReservation<Values>(
  settings: Settings<Values>,
  args: readonly string[],
  context: CliContext,
): WithReservation<Values> {
  const id = { expected: 'the id of a reservation, RES-…', parse: parseReservationId };
  const read = readWithPositional(settings, id, args, context);
  return read.kind === 'faults' ? read : { kind: 'values', values: read.values, id: read.positional };
}

/** The first argument that is no option and no option's value, and all the others. */
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
