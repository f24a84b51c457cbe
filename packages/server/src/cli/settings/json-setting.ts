import { switchSetting } from '../../config/setting-kinds.ts';
import type { Setting } from '../../config/settings.ts';

/** Whether a command answers for a program. The names in its JSON are those of the HTTP API. */
export const JSON_SETTING: Setting<boolean> = switchSetting({
  flag: 'json',
  env: null,
  description: 'Print one JSON document, for programs',
});
