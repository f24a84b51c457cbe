import { API_KEY_PREFIX_EXPECTED, isApiKeyPrefix, type RevokeResult, toTimestamp } from '@reservations/core/ports';
import { revokeApiKey } from '@reservations/core/operations';
import type { CliCommand } from '../../command.ts';
import { defineCommand } from '../../define-command.ts';
import { DB_SETTING } from '../../settings/db-setting.ts';
import { JSON_SETTING } from '../../settings/json-setting.ts';

/** `keys revoke`: the end of an API key. */
export const keysRevokeCommand: CliCommand = defineCommand({
  name: 'keys revoke',
  summary: 'end an API key for ever',
  usage: 'keys revoke PREFIX [OPTIONS]',
  about:
    'Revokes the API key with this prefix, as keys list shows it. Running servers refuse it within five seconds. It ' +
    'cannot be taken back: make a new key of the same name. Exit code 0 when the key is revoked now, 1 when there is none.',
  settings: { db: DB_SETTING, json: JSON_SETTING },
  argument: {
    expected: `the prefix of a key, ${API_KEY_PREFIX_EXPECTED}`,
    parse: (text: string) => (isApiKeyPrefix(text) ? text : null),
  },
  async run({ values: { db }, argument: prefix, withStore }) {
    const result = await withStore(db, (store) => revokeApiKey(store, prefix));
    if (result.kind === 'unknown') {
      return { kind: 'refused', code: 'key_not_found', message: `There is no key ${prefix}. Nothing was changed.` };
    }
    return { kind: 'answer', text: [describe(prefix, result)], json: { prefix, result: RESULTS[result.kind] } };
  },
});

type Revoked = Exclude<RevokeResult, { kind: 'unknown' }>;

const RESULTS: { readonly [Kind in Revoked['kind']]: string } = { revoked: 'revoked', 'revoked-before': 'unchanged' };

function describe(prefix: string, result: Revoked): string {
  return result.kind === 'revoked'
    ? `${prefix} is revoked. Running servers refuse it within five seconds.`
    : `${prefix} was revoked already, at ${toTimestamp(result.at)}.`;
}
