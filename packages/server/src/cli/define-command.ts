import type { ReservationStore } from '@reservations/core';
import { openStoreBeside } from '../compose/store.ts';
import {
  type AnySetting,
  readSettings,
  type Settings,
  type SettingSources,
  type SettingsRead,
} from '../config/settings.ts';
import type { StoreAddress } from '../config/store-address.ts';
import { type PositionalArgument, readPositional } from './arguments.ts';
import { type CliCommand, type CliContext, EXIT_FAILURE, EXIT_OK } from './command.ts';
import { reportFaults, reportRefusal, reportThrown, reportWarning } from './report.ts';

/** Input of one run of a command. */
export interface CommandCall<Values, Argument> {
  readonly values: Values;
  readonly argument: Argument;
  readonly sources: SettingSources;
  readonly context: CliContext;
  /**
   * Opens the store beside its servers and closes it after `work`. Never makes one. Warnings go to standard error.
   * @throws errors of opening and of `work`, which are reported.
   */
  withStore<Result>(address: StoreAddress, work: (store: ReservationStore) => Promise<Result>): Promise<Result>;
}

/** Result of a command. */
export type CommandAnswer =
  | {
      readonly kind: 'answer';
      /** Lines for an operator; empty when all was printed as it happened. */
      readonly text: readonly string[];
      /** What is printed in place of the text under `--json`; absent for a command without that setting. */
      readonly json?: object;
      /** The exit code is 1: the command worked, and what it found needs attention. */
      readonly needsAttention?: boolean;
    }
  /** The command did not do what it was asked. */
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }
  /** Arguments or environment are wrong together; nothing was done. */
  | { readonly kind: 'faults'; readonly faults: readonly string[] };

/** A command: what it is called, what it takes, and what it answers. */
export interface CommandDefinition<Values, Argument> extends Pick<CliCommand, 'name' | 'summary' | 'usage' | 'about'> {
  readonly settings: Settings<Values>;
  /** The one argument that is no option; absent when the command takes none. */
  readonly argument?: PositionalArgument<Argument>;
  /** Returns the faults of settings taken together; those that are wrong by themselves are undefined. */
  check?(values: Partial<Values>): readonly string[];
  /** Reads the settings where the default of one depends on another. Default: {@link readSettings}. */
  read?(sources: SettingSources): SettingsRead<Values>;
  /** Called with what was read, when none of it is at fault. */
  run(call: CommandCall<Values, Argument>): Promise<CommandAnswer>;
}

/**
 * Returns the command. Reading arguments and environment, opening and closing the store, reporting faults, refusals and
 * errors, and the choice between text and JSON are the same for all commands and happen here.
 */
export function defineCommand<Values, Argument = undefined>(
  definition: CommandDefinition<Values, Argument>,
): CliCommand {
  const { name, summary, usage, about, settings } = definition;
  return {
    name,
    summary,
    usage,
    about,
    settings,
    async run(args, context) {
      try {
        const read = readCall(definition, { args, env: context.env });
        if (read.kind === 'faults') return reportFaults(context, name, read.faults);
        const { values, argument, sources } = read;
        const answer = await definition.run({
          values,
          argument,
          sources,
          context,
          withStore: (address, work) => withStore(address, context, work),
        });
        return report(answer, name, context);
      } catch (error) {
        return reportThrown(context, error);
      }
    },
  };
}

type CallRead<Values, Argument> =
  | { readonly kind: 'values'; readonly values: Values; readonly argument: Argument; readonly sources: SettingSources }
  | { readonly kind: 'faults'; readonly faults: readonly string[] };

function readCall<Values, Argument>(
  definition: CommandDefinition<Values, Argument>,
  sources: SettingSources,
): CallRead<Values, Argument> {
  const { settings, argument } = definition;
  const readAll = (from: SettingSources): SettingsRead<Values> =>
    definition.read?.(from) ?? readSettings(settings, from, definition.check);
  if (argument === undefined) {
    const read = readAll(sources);
    // A command without an argument has none to be typed.
    return read.kind === 'faults' ? read : { ...read, argument: undefined as Argument, sources };
  }
  const positional = readPositional(Object.values<AnySetting>(settings), argument, sources.args);
  const own = { ...sources, args: positional.rest };
  const read = readAll(own);
  if (read.kind === 'values' && positional.kind === 'value') {
    return { ...read, argument: positional.value, sources: own };
  }
  const faults = positional.kind === 'fault' ? [positional.fault] : [];
  return { kind: 'faults', faults: [...faults, ...(read.kind === 'faults' ? read.faults : [])] };
}

async function withStore<Result>(
  address: StoreAddress,
  context: CliContext,
  work: (store: ReservationStore) => Promise<Result>,
): Promise<Result> {
  const store = await openStoreBeside(address, (warning) => reportWarning(context, warning));
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

function report(answer: CommandAnswer, name: string, context: CliContext): number {
  switch (answer.kind) {
    case 'faults':
      return reportFaults(context, name, answer.faults);
    case 'refused':
      return reportRefusal(context, answer.code, answer.message);
    case 'answer':
      if (context.json && answer.json !== undefined) context.print(JSON.stringify(answer.json));
      else for (const line of answer.text) context.print(line);
      return answer.needsAttention === true ? EXIT_FAILURE : EXIT_OK;
  }
}
