import { type AnySetting, describeDefault, type Settings, variablesOf } from '../../config/settings.ts';
import { type CliCommand, PROGRAM } from '../command.ts';
import { hang, layOut, wrap } from './text-layout.ts';

/** The whole text of `COMMAND --help`, in lines of at most `width` characters; `below` are the commands of its group. */
export function describeCommand(command: CliCommand, below: readonly CliCommand[], width: number): string {
  return [
    ...usageLines(command.usage, width),
    '',
    ...command.about.split('\n\n').flatMap((paragraph) => [...wrap(paragraph, width), '']),
    'Options:',
    ...describeSettings(command.settings, width),
    ...(below.length > 0 ? ['', 'Commands:', ...commandLines(below, width)] : []),
  ].join('\n');
}

/** The commands that begin with the word `group`, a line each. */
export function describeGroup(group: string, commands: readonly CliCommand[], width: number): string {
  return [
    ...usageLines(`${group} COMMAND [OPTIONS]`, width),
    '',
    'Commands:',
    ...commandLines(commands, width),
    '',
    ...wrap(`${PROGRAM} ${group} COMMAND --help tells more about one.`, width),
  ].join('\n');
}

/** The whole text of `--help`: every command, and the options of the default one. */
export function describeProgram(commands: readonly CliCommand[], byDefault: CliCommand, width: number): string {
  return [
    ...usageLines('[COMMAND] [OPTIONS]', width),
    '',
    'Commands:',
    ...commandLines(commands, width),
    '',
    ...wrap(`${PROGRAM} COMMAND --help tells more about one; --version prints the version.`, width),
    '',
    describeCommand(byDefault, [], width),
  ].join('\n');
}

function usageLines(usage: string, width: number): readonly string[] {
  return hang('Usage: ', `${PROGRAM} ${usage}`, width);
}

function commandLines(commands: readonly CliCommand[], width: number): readonly string[] {
  return layOut(
    commands.map(({ name, summary }) => ({ left: name, right: summary })),
    width,
  );
}

/** Every setting with its flag, what it means, its variables and its default. */
export function describeSettings<Values>(settings: Settings<Values>, width: number): readonly string[] {
  return layOut(
    Object.values<AnySetting>(settings).map((setting) => ({
      left: setting.value === null ? `--${setting.flag}` : `--${setting.flag} ${setting.value}`,
      right: `${setting.description}${describeSource(setting)}`,
    })),
    width,
  );
}

function describeSource(setting: AnySetting): string {
  const variables = variablesOf(setting);
  if (variables.length > 0) return ` [${variables.join(', ')}; default: ${describeDefault(setting)}]`;
  return setting.default === null || setting.default === false ? '' : ` [default: ${describeDefault(setting)}]`;
}
