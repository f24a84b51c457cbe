import { type ApiKeyFacts, listApiKeys } from '@reservations/core/operations';
import { toTimestamp } from '@reservations/core/ports';
import type { CliCommand } from '../../command.ts';
import { defineCommand } from '../../define-command.ts';
import { DB_SETTING } from '../../settings/db-setting.ts';
import { JSON_SETTING } from '../../settings/json-setting.ts';
import { columns } from '../../text.ts';
import { keyToJson } from './key-json.ts';

/** `keys list`: every API key, without its secret. */
export const keysListCommand: CliCommand = defineCommand({
  name: 'keys list',
  summary: 'list the API keys',
  usage: 'keys list [OPTIONS]',
  about:
    'Lists every API key by its prefix, the oldest first, with its name, scopes and state, and the day on which a ' +
    'server last took it. Expired and revoked keys stay in the list.',
  settings: { db: DB_SETTING, json: JSON_SETTING },
  async run({ values, withStore }) {
    const keys = await withStore(values.db, (store) => listApiKeys(store));
    return { kind: 'answer', text: toText(keys), json: { keys: keys.map(keyToJson) } };
  },
});

const HEAD = ['PREFIX', 'NAME', 'STATE', 'CREATED', 'EXPIRES', 'LAST USED', 'SCOPES'];

function toText(keys: readonly ApiKeyFacts[]): readonly string[] {
  if (keys.length === 0) return ['There are no API keys.'];
  const rows = keys.map(({ prefix, name, state, createdAt, expiresAt, lastUsedOn, scopes }) => [
    prefix,
    name,
    state,
    toTimestamp(createdAt).slice(0, 'YYYY-MM-DD'.length),
    expiresAt === null ? '-' : toTimestamp(expiresAt),
    lastUsedOn ?? '-',
    scopes.join(','),
  ]);
  return columns([HEAD, ...rows]);
}
