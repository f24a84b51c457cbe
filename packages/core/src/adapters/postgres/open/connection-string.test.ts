import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parsePostgresUrl } from './connection-string.ts';

/** What the driver makes of a text, or its faults. */
function read(text: string, environment: Record<string, string> = {}): object {
  const result = parsePostgresUrl(text, environment);
  if (result.kind === 'faults') return result.faults;
  const client = new pg.Client({ connectionString: result.url.forDriver });
  const { user, password, host, port, database, ssl } = client;
  return { user, password, host, port, database, ssl };
}

const CARD = { user: 'u', password: 'p', host: 'h', port: 5432, database: 'd', ssl: false };
const VERIFIED = { ...CARD, ssl: {} };

describe('a URL that the driver is given', () => {
  test.each([
    ['postgres://u:p@h/d', CARD],
    ['postgresql://u:p@h:5433/d', { ...CARD, port: 5433 }],
    ['POSTGRES://u:p@h/d', CARD],
    ['postgres://u:p@[::1]:5433/d', { ...CARD, host: '::1', port: 5433 }],
    ['postgres://u:p%40%2F%23%25+%3F@h/d', { ...CARD, password: 'p@/#%+?' }],
    ['postgres://u:p@p@h/d', { ...CARD, password: 'p@p' }],
    ['postgres://u:p@h/a%2Fb%20c', { ...CARD, database: 'a/b c' }],
    ['postgres://u:p@h/50%25', { ...CARD, database: '50%' }],
    ['postgres://u:p@/d?host=/cloudsql/a:b:c', { ...CARD, host: '/cloudsql/a:b:c' }],
    ['postgres:///d?host=/run&user=u&password=p', { ...CARD, host: '/run' }],
    ['postgres://?host=h&port=5433&dbname=d&user=u&password=p%2B', { ...CARD, port: 5433, password: 'p+' }],
    ['postgres://u:p@%2Fvar%2Frun/d', { ...CARD, host: '/var/run' }],
    ['postgres://u:p@localhost/d?host=/cloudsql/x', { ...CARD, host: '/cloudsql/x' }],
    ['postgres://u:p@h/d?sslmode=disable', CARD],
    ['postgres://u:p@h/d?sslmode=verify-full', VERIFIED],
    ['postgres://u:p@h/d?sslmode=require', VERIFIED],
    ['postgres://u:p@h/d?sslmode=prefer', VERIFIED],
    ['postgres://u:p@h/d?sslmode=no-verify', { ...CARD, ssl: { rejectUnauthorized: false } }],
    ['postgres://u:p@h/d?sslmode=require&uselibpqcompat=true', { ...CARD, ssl: { rejectUnauthorized: false } }],
    ['postgres://u:p@h/d?ssl=true', VERIFIED],
    ['postgres://u:p@h/d?ssl=0', CARD],
    ['postgres://u:p@h/d?sslrootcert=system', VERIFIED],
    // libpq encrypts nothing there.
    ['postgres://u:p@/d?host=/run&sslmode=require', { ...CARD, host: '/run' }],
  ])('%s', (text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  test('keeps the parameters that the driver honours', () => {
    const text =
      'postgres://u:p@h/d?options=-c%20search_path=app&application_name=a%26b&statement_timeout=5&lock_timeout=6';
    const result = parsePostgresUrl(text, {});
    const client = new pg.Client({ connectionString: result.kind === 'url' ? result.url.forDriver : '' });
    expect(client).toMatchObject({
      connectionParameters: {
        options: '-c search_path=app',
        application_name: 'a&b',
        statement_timeout: '5',
        lock_timeout: '6',
      },
    });
  });

  test('has the certificates of the files that it names', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'reservations-tls-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = join(folder, 'a b.pem');
    await writeFile(file, 'certificate');
    expect(read(`postgres://u:p@h/d?sslrootcert=${encodeURIComponent(file)}`)).toEqual({
      ...CARD,
      ssl: { ca: 'certificate' },
    });
    expect(read('postgres://u:p@h/d', { PGSSLROOTCERT: file })).toEqual({ ...CARD, ssl: { ca: 'certificate' } });
    expect(read('postgres://u:p@h/d?sslmode=disable', { PGSSLROOTCERT: file })).toEqual(CARD);
  });

  test.each([
    [{ PGSSLMODE: 'verify-full' }, VERIFIED],
    [{ PGSSLMODE: 'require' }, VERIFIED],
    [{ PGSSLMODE: '' }, CARD],
    [{ PGSSLMODE: 'verify-ful' }, [expect.stringMatching(/^PGSSLMODE: expected one of .*, found "verify-ful"$/)]],
    [{ PGSSLMODE: 'allow' }, [expect.stringMatching(/^PGSSLMODE: expected one of .*, found "allow"$/)]],
    [{ PGSSLROOTCERT: '/none' }, ['PGSSLROOTCERT: cannot read the file "/none" (ENOENT)']],
    [{ PGSSLNEGOTIATION: 'direct' }, [expect.stringMatching(/^PGSSLNEGOTIATION: direct needs encryption/)]],
    [{ PGPORT: '54x' }, ['PGPORT: expected a whole number from 1 to 65535, found something else']],
  ])('takes from the environment what it lacks: %j', (environment, expected) => {
    expect(read('postgres://u:p@h/d', environment as Record<string, string>)).toEqual(expected);
  });

  test('wins over the environment', () => {
    expect(read('postgres://u:p@h:5432/d?sslmode=disable', { PGSSLMODE: 'bogus', PGPORT: 'x' })).toEqual(CARD);
    expect(read('postgres://u:p@h/d?ssl=false', { PGSSLMODE: 'require' })).toEqual(CARD);
  });
});

const MODES = 'disable, prefer, require, verify-ca, verify-full, no-verify';
const FORM = 'postgres://USER:PASSWORD@HOST:PORT/DATABASE';
const SEVERAL =
  'several hosts: this driver connects to one. Name one address, which leads to the primary (a virtual IP, a proxy)';
const PERCENT = '% has to be followed by two hexadecimal digits, which stand for a byte of UTF-8 (a % itself is %25)';
const ONE_ADDRESS = 'name one address, which leads to the primary; a standby is refused without it';

describe('a text that is refused', () => {
  test.each([
    ['', [`expected ${FORM}`]],
    ['mysql://u:sesame@h/d', [`expected ${FORM}`]],
    ['postgres:sesame', [`expected ${FORM}`]],
    ['postgres://', [`names no host: expected ${FORM}`, `names no database: expected ${FORM}`]],
    ['postgres://u:sesame@h', [`names no database: expected ${FORM}`]],
    ['postgres:///d', [`names no host: expected ${FORM}`]],
    ['postgres://u:ses ame@h/d', ['a space or a control character has to be percent-encoded']],
    ['postgres://u:sesame\n@h/d', ['a space or a control character has to be percent-encoded']],
    ['postgres://u:sesame%ff@h/d', [`password: ${PERCENT}`]],
    ['postgres://u:sesame%@h/d', [`password: ${PERCENT}`]],
    ['postgres://u:sesame%00@h/d', [`password: ${PERCENT}`]],
    [
      'postgres://u%zz:p@h%ff/d%ff',
      [
        `user: ${PERCENT}`,
        `host: ${PERCENT}`,
        `dbname: ${PERCENT}`,
        `names no host: expected ${FORM}`,
        `names no database: expected ${FORM}`,
      ],
    ],
    ['postgres://u:p@h/d?options=%ff', [`options: ${PERCENT}`]],
    ['postgres://u:sesame#1@h/d', ['a # has to be written as %23']],
    ['postgres://u:1/sesame@h/d', ['a / in a password has to be written as %2F, an @ behind it as %40']],
    ['postgres://u:se/same@h/d', ['a / in a password has to be written as %2F, an @ behind it as %40']],
    ['postgres://u:p@h:0/d', ['port: expected a whole number from 1 to 65535, found something else']],
    ['postgres://u:p@h:sesame/d', ['port: expected a whole number from 1 to 65535, found something else']],
    ['postgres://u:p@h:65536/d', ['port: expected a whole number from 1 to 65535, found something else']],
    ['postgres://u:p@a,b/d', [SEVERAL]],
    ['postgres://u:p@a:1,b:2/d', [SEVERAL]],
    ['postgres://u:p@/d?host=a,b', [SEVERAL]],
    ['postgres://u:p@h/d?sslMode=require', ['sslMode: no such parameter; did you mean sslmode?']],
    ['postgres://u:p@h/d?ssl_mode=require', ['ssl_mode: no such parameter; did you mean sslmode?']],
    ['postgres://u:p@h/d?sslmod=verify-full', ['sslmod: no such parameter; did you mean sslmode?']],
    ['postgres://u:p@h/d?SSLMODE=require', ['SSLMODE: no such parameter; did you mean sslmode?']],
    ['postgres://u:p@h/d?sslmode=bogus', [`sslmode: expected one of ${MODES}, found "bogus"`]],
    ['postgres://u:p@h/d?sslmode=allow', [`sslmode: expected one of ${MODES}, found "allow"`]],
    ['postgres://u:p@h/d?sslmode=', [`sslmode: expected one of ${MODES}, found ""`]],
    ['postgres://u:p@h/d?ssl=yes', ['ssl: expected one of true, false, 1, 0, no-verify, found "yes"']],
    ['postgres://u:p@h/d?ssl=true&sslmode=require', ['ssl: given beside sslmode, of which it is another form']],
    [
      'postgres://u:p@h/d?schema=app',
      ['schema: this driver does not support it: name a schema by options=-c%20search_path%3DNAME'],
    ],
    [
      'postgres://u:p@h/d?currentSchema=app',
      ['currentSchema: this driver does not support it: name a schema by options=-c%20search_path%3DNAME'],
    ],
    [
      'postgres://u:p@h/d?target_session_attrs=any',
      [`target_session_attrs: this driver does not support it: ${ONE_ADDRESS}`],
    ],
    [
      'postgres://u:p@h/d?connect_timeout=9',
      [
        'connect_timeout: this driver does not support it: the store has a bound of its own, which is no part of the URL',
      ],
    ],
    ['postgres://u:p@h/d?sslcrl=a', ['sslcrl: this driver does not support it: leave it out']],
    [
      'postgres://u:p@h/d?targetSessionAttrs=any',
      ['targetSessionAttrs: no such parameter, and this driver does not support target_session_attrs either'],
    ],
    ['postgres://u:p@h/d?toString=x', ['toString: no such parameter']],
    ['postgres://u:p@h/d?__proto__=x', ['__proto__: no such parameter']],
    [
      'postgres://u:p@h/d?password=a&sesame=b',
      ['a name that is like none: no such parameter', 'password: given twice, before the ? and behind it'],
    ],
    ['postgres://u:p@h/d?sslmode=require&sslmode=disable', ['sslmode: given twice']],
    ['postgres://u:p@h:1/d?port=2', ['port: given twice, before the ? and behind it']],
    ['postgres://u:p@h/d?host=other', ['host: given twice, before the ? and behind it']],
    ['postgres://u@h/d?password=ses+ame', ['password: write + as %2B']],
    ['postgres://u:p@h/d?sslmode', ['a parameter has to be written as NAME=VALUE, percent-encoded']],
    [
      'postgres://u:p@h/d?statement_timeout=5s',
      ['statement_timeout: expected a whole number of milliseconds, found "5s"'],
    ],
    ['postgres://u:p@h/d?sslrootcert=/none.pem', ['sslrootcert: cannot read the file "/none.pem" (ENOENT)']],
    [
      'postgres://u:p@h/d?sslnegotiation=direct',
      ['sslnegotiation: direct needs encryption: expected sslmode=verify-full beside it'],
    ],
    [
      'postgres://u:p@h/d?sslmode=verify-ca&uselibpqcompat=true',
      ['sslmode: verify-ca with uselibpqcompat needs a file of certificates, as sslrootcert'],
    ],
    ['postgres://u:p@h/d%3Fx', ['dbname: this driver does not support such a name']],
    ['postgres://u:p@h/..', ['dbname: this driver does not support such a name']],
  ])('%j', (text, faults) => {
    expect(read(text)).toEqual(faults);
    expect(JSON.stringify(read(text))).not.toMatch(/sesame/);
  });
});
