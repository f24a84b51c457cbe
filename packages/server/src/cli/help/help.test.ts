import { describe, expect, test } from 'vitest';
import { run, runHere } from '../cli-fixture.ts';
import { describeSettings } from './help.ts';
import { helpWidth } from './help-width.ts';
import { COMMANDS } from '../run.ts';
import { layOut, wrap } from './text-layout.ts';

const GROUPS = [
  ...new Set(COMMANDS.map(({ name }) => name.split(' ')).flatMap(([a = '', b]) => (b === undefined ? [] : a))),
];

describe('a group of commands', () => {
  test.each(GROUPS.filter((group) => group !== 'subscriptions'))(
    '%s lists its commands, a line each',
    async (group) => {
      const { code, out, err } = await runHere([group, '--help']);
      const commands = COMMANDS.filter(({ name }) => name.startsWith(`${group} `));
      expect([code, err, out.split('\n')[0]]).toEqual([0, '', `Usage: reservations-server ${group} COMMAND [OPTIONS]`]);
      for (const { name, summary } of commands) expect(out).toMatch(new RegExp(`^  ${name} +${summary}$`, 'm'));
      expect(out.match(/^ {2}\S/gm)).toHaveLength(commands.length);
      expect(await runHere([group, '-h'])).toEqual({ code, out, err });
      expect(await runHere([group, 'help'])).toEqual({ code, out, err });
      expect(await runHere(['help', group])).toEqual({ code, out, err });
      // Alone it is an incomplete command: the same on standard error.
      expect(await runHere([group])).toEqual({ code: 2, out: '', err: out });
      expect(await runHere([group, '--db', 'x'])).toEqual({ code: 2, out: '', err: out });
    },
  );

  test('one that is a command too says which others there are', async () => {
    const { out } = await runHere(['subscriptions', '--help']);
    expect(out).toMatch(/^Usage: reservations-server subscriptions \[OPTIONS\]$/m);
    expect(out).toMatch(/^ {2}subscriptions resume {2}let a stopped/m);
    expect((await runHere(['subscriptions', 'help'])).out).toBe(out);
  });
});

describe('asking for help in words', () => {
  test.each(COMMANDS.map(({ name }) => name))('help %s is its --help', async (name) => {
    const words = name.split(' ');
    const asked = await runHere([...words, '--help']);
    expect(asked).toMatchObject({ code: 0, err: '', out: expect.stringContaining('\n\nOptions:\n') });
    expect(await runHere(['help', ...words])).toEqual(asked);
    const [group = '', ...others] = words;
    if (others.length > 0) expect(await runHere([group, 'help', ...others])).toEqual(asked);
  });

  test('help alone is --help', async () => {
    const asked = await runHere(['--help']);
    expect(await runHere(['help'])).toEqual(asked);
    for (const { name } of COMMANDS) expect(asked.out).toMatch(new RegExp(`^  ${name}  `, 'm'));
  });

  test('help on what does not exist is a fault', async () => {
    expect(await runHere(['help', 'frobnicate'])).toMatchObject({ code: 2, out: '' });
    expect((await runHere(['help', 'payments', 'opne'])).err).toContain('did you mean payments open?');
  });
});

describe('what is misspelt', () => {
  test.each([
    [['migrte', 'up'], 'migrte: no such command; did you mean migrate up?'],
    [['migrte'], 'migrte: no such command; did you mean migrate?'],
    [['payment', 'open', '--json=false'], 'payment: no such command; did you mean payments open?'],
    [['payments', 'resolv', 'RES-x'], 'payments resolv: no such command; did you mean payments resolve?'],
    [['subscriptions', 'resum', 'x'], 'subscriptions resum: no such command; did you mean subscriptions resume?'],
    [['migrate', 'store'], 'migrate store: no such command; did you mean migrate-store?'],
    [['event', 'RES-x'], 'event: no such command; did you mean events?'],
    [['Serve'], 'Serve: no such command; did you mean serve?'],
  ])('%j: %s', async (args, told) => {
    expect(await runHere(args)).toEqual({ code: 2, out: '', err: `${told}\nsee: reservations-server --help` });
  });

  test('a group names its commands when none is near', async () => {
    const err = 'view postgres:…: no such command; there are: view repair';
    expect(await runHere(['view', 'postgres://ada:sesame@host/db'])).toEqual({ code: 2, out: '', err });
  });

  test.each([
    [['--payments-host', 'x'], '--payments-host: no such option; did you mean --payment-host?'],
    [['verify', '--jsno'], '--jsno: no such option; did you mean --json?'],
    [['payments', 'resolve', '--notcharged', 'x'], '--notcharged: no such option; did you mean --not-charged?'],
    [['verify', '--nonsense'], '--nonsense: no such option'],
  ])('%j: %s', async (args, told) => {
    const { code, out, err } = await runHere(args);
    expect([code, out, err.split('\n')]).toEqual([2, '', expect.arrayContaining([told])]);
  });
});

describe('the width of help', () => {
  const pages = [[], ...COMMANDS.map(({ name }) => name.split(' ')), ['payments']];

  test.each([80, 100, 120])('no line is longer than a terminal of %d columns', async (columns) => {
    for (const page of pages) {
      const { out } = await runHere([...page, '--help'], {}, columns);
      for (const line of out.split('\n')) expect(line.length, line).toBeLessThanOrEqual(columns);
      expect(out).not.toMatch(/ $/m);
    }
  });

  test('nothing of a setting is lost, whatever the width', () => {
    for (const { settings } of COMMANDS) {
      const wide = describeSettings(settings, Infinity);
      const words = (lines: readonly string[]): readonly string[] => lines.join(' ').trim().split(/\s+/);
      expect(words(describeSettings(settings, 60))).toEqual(words(wide));
    }
  });

  test.each([
    [80, '200', 80],
    [undefined, '72', 72],
    [0, '72', 72],
    [undefined, undefined, 100],
    [undefined, '', 100],
    [undefined, '0', 100],
    [undefined, 'wide', 100],
    [10, undefined, 40],
    [undefined, '1', 40],
  ])('a terminal of %j and COLUMNS=%j make lines of %d', (terminal, variable, width) => {
    expect(helpWidth(terminal, variable)).toBe(width);
  });

  test('a process without a terminal takes COLUMNS', async () => {
    const { out, ended } = run(['help', 'events'], { COLUMNS: '50' });
    expect(await ended).toBe(0);
    const longest = Math.max(
      ...out()
        .split('\n')
        .map((line) => line.length),
    );
    expect([longest > 40, longest <= 50]).toEqual([true, true]);
  });
});

test('a row goes on below its own column; a long left cell has a line of its own', () => {
  const rows = [
    { left: '--a N', right: 'one two three four five' },
    { left: '--much-longer-than-others', right: 'six seven' },
  ];
  expect(layOut(rows, 24)).toEqual([
    '  --a N  one two three',
    '         four five',
    '  --much-longer-than-others',
    '         six seven',
  ]);
});

test('a word that is longer than a line stays whole', () => {
  expect(wrap('a https://example.com/long b', 10)).toEqual(['a', 'https://example.com/long', 'b']);
});
