import { API_KEY_NAME_EXPECTED, isApiKeyName, toTimestamp } from '@reservations/core/ports';
import { createApiKey, type CreatedApiKey } from '@reservations/core/operations';
import { parseScopes, type Scope, SCOPE_NAMES } from '../../../auth/scopes.ts';
import { required, type Setting } from '../../../config/settings.ts';
import type { CliCommand } from '../../command.ts';
import { defineCommand } from '../../define-command.ts';
import { DB_SETTING } from '../../settings/db-setting.ts';
import { JSON_SETTING } from '../../settings/json-setting.ts';
import { keyToJson } from './key-json.ts';

const NAME_SETTING: Setting<string | null> = {
  flag: 'name',
  env: null,
  value: 'NAME',
  default: null,
  description: 'Whom the key stands for; keys of one name see the same reservations',
  expected: API_KEY_NAME_EXPECTED,
  parse: (text) => (isApiKeyName(text) ? text : undefined),
};

const SCOPES_SETTING: Setting<readonly Scope[] | null> = {
  flag: 'scopes',
  env: null,
  value: 'SCOPES',
  default: null,
  description: `What the key permits, between commas: ${SCOPE_NAMES.join(', ')}`,
  expected: `scopes between commas, of ${SCOPE_NAMES.join(', ')}`,
  parse(text) {
    const parsed = parseScopes(text);
    return parsed.ok ? parsed.scopes : undefined;
  },
};

const EXPIRES_SETTING: Setting<number | null> = {
  flag: 'expires',
  env: null,
  value: 'DATE',
  default: null,
  description: 'When the key ends: a day, at whose beginning in UTC it does, or a time such as 2027-01-31T12:00:00Z',
  expected: 'a date such as 2027-01-31 or a time such as 2027-01-31T12:00:00Z',
  parse: parseExpiry,
};

/** `keys create`: a new API key. */
export const keysCreateCommand: CliCommand = defineCommand({
  name: 'keys create',
  summary: 'make an API key, which is shown once',
  usage: 'keys create --name NAME --scopes SCOPES [OPTIONS]',
  about:
    'Makes an API key for a server with --auth api-key and prints it. It cannot be shown again: the database holds its ' +
    'SHA-256 only. Several keys of one name are valid at a time, so that one can be replaced without a pause. Servers ' +
    'may be running, and take the key at once.',
  settings: {
    name: required(NAME_SETTING),
    scopes: required(SCOPES_SETTING),
    expires: EXPIRES_SETTING,
    db: DB_SETTING,
    json: JSON_SETTING,
  },
  async run({ values: { name, scopes, expires: expiresAt, db }, withStore }) {
    if (expiresAt !== null && expiresAt <= Date.now()) {
      return { kind: 'faults', faults: [`--expires: expected a time to come, found ${toTimestamp(expiresAt)}`] };
    }
    const created = await withStore(db, (store) => createApiKey(store, { name, scopes, expiresAt }));
    return { kind: 'answer', text: toText(created), json: { key: created.key, ...keyToJson(created.facts) } };
  },
});

function toText({ key, facts: { prefix, name, scopes, expiresAt } }: CreatedApiKey): readonly string[] {
  const end = expiresAt === null ? 'It does not expire' : `It expires at ${toTimestamp(expiresAt)}`;
  return [
    key,
    '',
    `A key of ${name} for ${scopes.join(', ')}. Keep it now: it is not shown again. ${end}; keys revoke ${prefix} ends it.`,
  ];
}

const DAY = /^\d{4}-\d\d-\d\d$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?Z$/;

/** A date that does not exist, such as February 30th, is none. */
function parseExpiry(text: string): number | undefined {
  if (!DAY.test(text) && !TIME.test(text)) return undefined;
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) return undefined;
  return new Date(ms).toISOString().startsWith(text.slice(0, 'YYYY-MM-DD'.length)) ? ms : undefined;
}
