import { switchSetting } from '../setting-kinds.ts';
import type { Setting } from '../settings.ts';

/** Whether a command answers for a program. The names in its JSON are those of the HTTP API. */
export const JSON_SETTING: Setting<boolean> = switchSetting({
  flag: 'json',
  env: null,
  description: 'Print one JSON document, for programs',
});
