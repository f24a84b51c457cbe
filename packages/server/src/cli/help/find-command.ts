import { nearestName } from '../../config/nearest-name.ts';
import { withoutSecrets } from '../../config/settings.ts';
import type { CliCommand } from '../command.ts';

/** What the words of a command line ask for. */
export type Found =
  | { readonly kind: 'command'; readonly command: CliCommand; readonly args: readonly string[] }
  /** `below` are the commands of its group. */
  | { readonly kind: 'command-help'; readonly command: CliCommand; readonly below: readonly CliCommand[] }
  | { readonly kind: 'group-help' | 'group-alone'; readonly group: string; readonly commands: readonly CliCommand[] }
  | { readonly kind: 'no-command' | 'program-help' }
  /** `near` is the one that was probably meant; `names` are those that could stand there. */
  | {
      readonly kind: 'unknown';
      readonly found: string;
      readonly near: string | null;
      readonly names: readonly string[];
    };

/** Finds the command or the help that the arguments ask for. Words before the first option name it. */
export function findCommand(args: readonly string[], commands: readonly CliCommand[]): Found {
  const [first = ''] = args;
  if (!isWord(first)) return { kind: asksForHelp(args) ? 'program-help' : 'no-command' };
  if (first === 'help') return findHelp(args.slice(1), commands);
  const [, second = ''] = args;
  const group = groupOf(first, commands);
  // `payments help resolve` is `help payments resolve`.
  if (group.length > 0 && second === 'help') return findHelp([first, ...args.slice(2)], commands);
  const command = commandNamed(args, commands);
  const isGroupWord = command === undefined || command.name === first;
  if (isGroupWord && group.length > 0 && isWord(second)) return unknown(args, group, commands);
  if (command !== undefined) {
    const own = args.slice(wordsOf(command).length);
    return asksForHelp(own) ? helpOf(command, commands) : { kind: 'command', command, args: own };
  }
  if (group.length === 0) return unknown(args, commands, commands);
  return { kind: asksForHelp(args) ? 'group-help' : 'group-alone', group: first, commands: group };
}

function findHelp(args: readonly string[], commands: readonly CliCommand[]): Found {
  const found = findCommand([...args.filter(isWord), '--help'], commands);
  return found.kind === 'command' ? helpOf(found.command, commands) : found;
}

function helpOf(command: CliCommand, commands: readonly CliCommand[]): Found {
  return { kind: 'command-help', command, below: groupOf(command.name, commands) };
}

function isWord(arg: string): boolean {
  return arg !== '' && !arg.startsWith('-');
}

function asksForHelp(args: readonly string[]): boolean {
  return args.includes('--help') || args.includes('-h');
}

function groupOf(word: string, commands: readonly CliCommand[]): readonly CliCommand[] {
  return commands.filter(({ name }) => name.startsWith(`${word} `));
}

function commandNamed(args: readonly string[], commands: readonly CliCommand[]): CliCommand | undefined {
  const named = commands.filter((command) => wordsOf(command).every((word, index) => args[index] === word));
  // `subscriptions resume` is no `subscriptions` with an argument.
  return named.toSorted((a, b) => wordsOf(b).length - wordsOf(a).length)[0];
}

function wordsOf({ name }: CliCommand): readonly string[] {
  return name.split(' ');
}

/** `among` are the commands that the known words leave, all of them when none is known. */
function unknown(args: readonly string[], among: readonly CliCommand[], commands: readonly CliCommand[]): Found {
  const [first = '', second = ''] = args;
  const names = among.map(({ name }) => name);
  const all = commands.map(({ name }) => name);
  const both = isWord(second) ? `${first} ${second}` : first;
  const groups = new Set(all.map((name) => name.split(' ')[0] ?? ''));
  const near = nearestName(both, all) ?? nearestName(first, [...groups]);
  const isInGroup = among !== commands;
  const found = isInGroup ? `${first} ${withoutSecrets(second)}` : withoutSecrets(first);
  return { kind: 'unknown', found, near: near === first ? null : near, names };
}
