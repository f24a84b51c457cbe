import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { COMMANDS } from '../../src/cli/run.ts';
import type { CliCommand } from '../../src/cli/command.ts';
import { findCommand } from '../../src/cli/help/find-command.ts';
import { type AnySetting, readSettings } from '../../src/config/settings.ts';
import type { CommandLine } from './command-lines.ts';
import { helmFaults } from './helm-command.ts';
import { root } from './snippets.ts';

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>;
  readonly packageManager: string;
};
const peers = JSON.parse(readFileSync(join(root, 'packages/core/package.json'), 'utf8')) as {
  readonly peerDependencies: Readonly<Record<string, string>>;
};

/** Programs of others that the pages may use; what they are told is not checked. */
const FOREIGN = new Set([
  'curl',
  'openssl',
  'promtool',
  'grep',
  'head',
  'fuser',
  'df',
  'psql',
  'sqlite3',
  'pg_basebackup',
  'cp',
  'cd',
  'git',
  'patronictl',
  'docker',
  'kubectl',
  'az',
  'systemctl',
  'journalctl',
  'useradd',
  'install',
]);

/** Returns what is wrong with a command of a page; nothing for a program of others that the pages may use. */
export function faultsOf({ at, page, from, words }: CommandLine): readonly string[] {
  const [program = '', ...args] = words.filter((word) => word !== '…');
  // The page of an example speaks of a copy of its folder.
  if (page.startsWith('examples/') && program === 'npm' && args[0] === 'start') {
    return startFaults(dirname(page), behindDashes(args));
  }
  switch (program) {
    case 'reservations-server':
      return serverFaults(args, from);
    case 'npx':
      return npxFaults(args, from);
    case 'npm':
      return npmFaults(args, from);
    case 'pnpm':
      return pnpmFaults(args, from);
    case 'sudo':
      return faultsOf({ at, page, from, words: args[0] === '-u' ? args.slice(2) : args });
    case 'helm':
      return helmFaults(args);
    case 'node':
      return args.filter((arg) => /\.m?[jt]s$/.test(arg) && !existsSync(join(root, arg))).map(noSuch('file'));
    default:
      return FOREIGN.has(program) ? [] : [`no such program: ${program}`];
  }
}

function npxFaults([tool = '', ...args]: readonly string[], from: CommandLine['from']): readonly string[] {
  if (tool === '--yes') return npxFaults(args, from);
  // The second is the program of the package, where that is installed.
  if (tool === '@reservations/server' || tool === 'reservations-server') return serverFaults(args, from);
  if (tool === manifest.packageManager) return pnpmFaults(args, from);
  return [`expected npx @reservations/server or npx ${manifest.packageManager}, found npx ${tool}`];
}

function npmFaults([verb = '', ...args]: readonly string[], from: CommandLine['from']): readonly string[] {
  if (verb === 'install' || verb === 'ci') return args.flatMap(installFaults);
  if (verb !== 'run') return scriptFaults(verb, behindDashes(args), from);
  const [name = '', ...rest] = args.filter((arg) => arg !== '-s' && arg !== '--silent');
  return scriptFaults(name, behindDashes(rest), from);
}

function pnpmFaults([verb = '', ...args]: readonly string[], from: CommandLine['from']): readonly string[] {
  if (verb === '' || verb === 'install' || verb === 'add') return [];
  const [tool = '', ...rest] = verb === 'exec' || verb === 'run' ? args : [verb, ...args];
  if (verb === 'exec' || (manifest.scripts[tool] === undefined && isInstalled(tool))) {
    const missing = rest.filter((arg) => arg.includes('/') && !existsSync(join(root, arg))).map(noSuch('file'));
    return isInstalled(tool) ? missing : [`no such tool: ${tool}`];
  }
  return scriptFaults(tool, rest, from);
}

function isInstalled(tool: string): boolean {
  return /^[\w-]+$/.test(tool) && existsSync(join(root, 'node_modules/.bin', tool));
}

/** npm gives a script only what stands behind `--`. */
function behindDashes(args: readonly string[]): readonly string[] {
  const start = args.indexOf('--');
  return start === -1 ? [] : args.slice(start + 1);
}

function installFaults(name: string): readonly string[] {
  if (name.startsWith('-') || name.startsWith('.') || name.startsWith('/')) return [];
  const isKnown = Object.hasOwn(peers.peerDependencies, name) || /^@reservations\/(core|server)$/.test(name);
  return isKnown ? [] : [`no package of ours, and no driver of core: ${name}`];
}

function scriptFaults(name: string, args: readonly string[], from: CommandLine['from']): readonly string[] {
  const script = manifest.scripts[name];
  if (script === undefined) return [`no such script: ${name}`];
  if (name === 'reservations-server') return serverFaults(args, from);
  if (name === 'start') return startFaults('examples/quickstart', args);
  const flags = flagsOf(args);
  if (flags.length === 0) return [];
  const help = helpOf(script);
  return flags.filter((flag) => !help.includes(`${flag} `)).map(noSuch(`option of ${name}`));
}

/** The head of an example's main file names its options. */
function startFaults(folder: string, args: readonly string[]): readonly string[] {
  const main = readFileSync(join(root, folder, 'main.ts'), 'utf8');
  return flagsOf(args)
    .filter((flag) => !new RegExp(`${flag}\\b`).test(main))
    .map(noSuch('option of start'));
}

function flagsOf(args: readonly string[]): readonly string[] {
  return args.filter((arg) => arg.startsWith('--') && arg !== '--help');
}

const helps = new Map<string, string>();

/** What the script's program prints for --help. */
function helpOf(script: string): string {
  const [file = ''] = /\S+\.ts/.exec(script) ?? [];
  const known = helps.get(file);
  if (known !== undefined) return known;
  const args = ['--conditions=@reservations/source', file, '--help'];
  const help = execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  helps.set(file, help);
  return help;
}

function serverFaults(args: readonly string[], from: CommandLine['from']): readonly string[] {
  const plain = from === 'text' ? args.map((arg) => arg.replaceAll(/[[\]]/g, '')) : args;
  const found = findCommand(plain, COMMANDS);
  switch (found.kind) {
    case 'command':
      return commandFaults(found.command, found.args, from);
    case 'no-command':
      return COMMANDS[0] === undefined ? [] : commandFaults(COMMANDS[0], plain, from);
    case 'command-help':
    case 'group-help':
    case 'program-help':
      return [];
    case 'group-alone':
      return from === 'text' ? [] : [`a command of ${found.group} is missing`];
    case 'unknown':
      return [`no such command: ${found.found}`];
  }
}

function commandFaults(command: CliCommand, args: readonly string[], from: CommandLine['from']): readonly string[] {
  const settings = Object.values<AnySetting>(command.settings);
  const options = Object.fromEntries(
    settings.map(({ flag, value }) => [flag, { type: value === null ? ('boolean' as const) : ('string' as const) }]),
  );
  const { tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true });
  const positionals = tokens.filter((token) => token.kind === 'positional');
  const faults = positionals
    .slice(positionalsOf(command))
    .map(({ value }) => `no argument of ${command.name}: ${value}`);
  const positions = new Set(positionals.map(({ index }) => index));
  const read = readSettings(command.settings, { args: args.filter((_, index) => !positions.has(index)), env: {} });
  if (read.kind === 'values') return faults;
  // Within a sentence, FILE and … stand for a value.
  return [...faults, ...read.faults.filter((fault) => from === 'block' || fault.includes('no such option'))];
}

/** How many arguments that are no option stand in the command's usage line. */
function positionalsOf({ name, usage }: CliCommand): number {
  if (!usage.startsWith(name)) return 0;
  const words = usage.slice(name.length).trim().split(/\s+/);
  const end = words.findIndex((word) => /^[[(-]/.test(word));
  return end === -1 ? words.length : end;
}

function noSuch(what: string): (name: string) => string {
  return (name) => `no such ${what}: ${name}`;
}
