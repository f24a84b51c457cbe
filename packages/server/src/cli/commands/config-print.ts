import { SERVER_SETTINGS } from '../../compose/drivers.ts';
import { type Config, configNotes, readConfig } from '../../config/config.ts';
import { describeConfig, type SettingInEffect } from '../../config/describe-config.ts';
import type { Settings } from '../../config/settings.ts';
import type { CliCommand } from '../command.ts';
import { defineCommand } from '../define-command.ts';
import { JSON_SETTING } from '../settings/json-setting.ts';
import { columns } from '../text.ts';

const SETTINGS: Settings<Config & { readonly json: boolean }> = { ...SERVER_SETTINGS, json: JSON_SETTING };

/** `config print`: what a server would run with. Opens and changes nothing. */
export const configPrintCommand: CliCommand = defineCommand<Config>({
  name: 'config print',
  summary: 'print every setting of a server, and where its value comes from',
  usage: 'config print [OPTIONS OF serve] [--json]',
  about:
    'Prints what `serve` would run with, given the same options and environment: each setting with its value, without ' +
    'passwords, and its source (the flag, the variable, or default). Opens nothing. Exit code 0, or 2 when `serve` ' +
    'would refuse the settings.',
  settings: SETTINGS,
  read: (sources) => readConfig(SETTINGS, sources),
  run({ values, sources }) {
    const settings = describeConfig(SERVER_SETTINGS, values, {
      ...sources,
      args: sources.args.filter((arg) => !arg.startsWith('--json')),
    });
    const notes = configNotes(SERVER_SETTINGS, values, sources);
    return Promise.resolve({
      kind: 'answer',
      text: [
        ...columns([['setting', 'value', 'source'], ...settings.map(lineOf)]),
        ...notes.map((note) => `note: ${note}`),
      ],
      json: { settings, notes },
    });
  },
});

function lineOf({ flag, value, source }: SettingInEffect): readonly string[] {
  return [flag, value === null || value === '' ? 'none' : String(value), source];
}
