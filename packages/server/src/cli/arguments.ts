import { parseArgs } from 'node:util';
import { type ReservationId, parseReservationId } from '@reservations/core';
import { type AnySetting, readSettings, type Settings, type SettingsRead, withoutSecrets } from '../settings.ts';
import type { CliContext } from './command.ts';

/** What a command with one positional argument was told. */
type WithReservation<Values> =
  | { readonly kind: 'values'; readonly values: Values; readonly id: ReservationId }
  | Extract<SettingsRead<Values>, { kind: 'faults' }>;

/** Reads the settings of a command that also takes the id of a reservation, before, between or after them. */
export function readWithReservation<Values>(
  settings: Settings<Values>,
  args: readonly string[],
  context: CliContext,
): WithReservation<Values> {
  const { id, rest } = takePositional(Object.values<AnySetting>(settings), args);
  const read = readSettings(settings, { args: rest, env: context.env });
  const known = id === null ? null : parseReservationId(id);
  const faults = read.kind === 'faults' ? [...read.faults] : [];
  if (known === null)
    faults.unshift(`expected the id of a reservation, RES-…, found ${withoutSecrets(id ?? 'nothing')}`);
  if (read.kind === 'faults' || known === null) return { kind: 'faults', faults };
  return { ...read, id: known };
}

/** The first argument that is no option and no option's value, and all the others. */
function takePositional(
  settings: readonly AnySetting[],
  args: readonly string[],
): { readonly id: string | null; readonly rest: readonly string[] } {
  const options = Object.fromEntries(
    settings.map(({ flag, value }) => [flag, { type: value === null ? ('boolean' as const) : ('string' as const) }]),
  );
  const { tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true });
  const positional = tokens.find((token) => token.kind === 'positional');
  if (positional === undefined) return { id: null, rest: args };
  return { id: positional.value, rest: args.toSpliced(positional.index, 1) };
}
