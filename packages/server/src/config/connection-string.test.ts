import { expect, test } from 'vitest';
import { run, runHere } from '../cli/cli-fixture.ts';

const HELP = 'see: reservations-server migrate status --help';

/** Nothing listens there: a URL that is taken ends with 1. */
const CLOSED_PORT = '127.0.0.1:1';

test.each([
  [`postgres://u:sesame@${CLOSED_PORT}/d?sslmode=verify-full&application_name=x`, 1, /ECONNREFUSED/],
  ['postgres:///d?host=/nowhere&user=u', 1, /ENOENT/],
  ['postgres://u:sesame@/d?host=/nowhere', 1, /ENOENT/],
  ['postgres://u:sesame@%2Fnowhere/d', 1, /ENOENT/],
  ['postgres://u:sesame@localhost/d?host=/nowhere', 1, /ENOENT/],
  [
    `postgres://u:sesame@${CLOSED_PORT}/d?sslMode=require`,
    2,
    /^--db: sslMode: no such parameter; did you mean sslmode\?$/m,
  ],
  [
    `postgres://u:sesame@${CLOSED_PORT}/d?schema=app`,
    2,
    /^--db: schema: this driver does not support it: .*search_path/m,
  ],
  [`postgres://u:sesame@${CLOSED_PORT}/d?sslmode=bogus`, 2, /^--db: sslmode: expected one of .*, found "bogus"$/m],
  [`postgres://u:sesame@a,${CLOSED_PORT}/d`, 2, /^--db: several hosts: /m],
  [`postgres://u:sesame@${CLOSED_PORT}/d?target_session_attrs=primary`, 2, /^--db: target_session_attrs: /m],
  [`postgres://u:sesame%ff@${CLOSED_PORT}/d`, 2, /^--db: password: % has to be followed/m],
  ['postgres://u:sesame@127.0.0.1:70000/d', 2, /^--db: port: expected a whole number/m],
  ['sqlite:file.db?mode=ro', 2, /^--db: a SQLite database has no parameters/m],
])('--db %s: exit code %i', async (db, code, message) => {
  const { err, ...rest } = await runHere(['migrate', 'status', '--db', db]);
  expect([rest, err]).toEqual([{ code, out: '' }, expect.stringMatching(message)]);
  expect(err.endsWith(HELP)).toBe(code === 2);
  expect(err).not.toContain('sesame');
});

test.each([
  ['serve', ['--sandbox']],
  ['verify', []],
  ['migrate up', []],
  ['view repair', []],
])('%s takes a variable with the same care, and names it', async (command, args) => {
  const env = { DATABASE_URL: `postgres://u:sesame@${CLOSED_PORT}/d?sslmod=require` };
  const { code, err } = await runHere([...command.split(' '), ...args], env);
  const help = `see: reservations-server ${command} --help`;
  expect([code, err]).toEqual([2, `DATABASE_URL: sslmod: no such parameter; did you mean sslmode?\n${help}`]);
});

test('migrate-store refuses a target in the same way', async () => {
  const to = `postgres://u:sesame@${CLOSED_PORT}/d?sslMode=require`;
  expect(await runHere(['migrate-store', '--from', 'a.db', '--to', to])).toEqual({
    code: 2,
    out: '',
    err: '--to: sslMode: no such parameter; did you mean sslmode?\nsee: reservations-server migrate-store --help',
  });
});

test('a misspelt PGSSLMODE is a fault, and no connection in plain text', async () => {
  const { ended, err } = run(['migrate', 'status', '--db', `postgres://u:sesame@${CLOSED_PORT}/d`], {
    PGSSLMODE: 'Require',
  });
  expect([await ended, err()]).toEqual([2, expect.stringMatching(/^--db: PGSSLMODE: expected one of .*"Require"\n/)]);
});
