import { describe, expect, test } from 'vitest';
import { CONTENDERS } from '../contenders/registry.ts';
import { SUITES } from '../suites/index.ts';
import { BLOCKS, renderBlock } from './blocks.ts';
import { fillPage } from './documents.ts';
import { count, factor, milliseconds, table } from './format.ts';
import { GOALS, obstacles } from './goals.ts';
import { renderReport } from './markdown.ts';
import { memoryTable, profileTable } from './profiles.ts';
import { type Figures, formatResults, parseResults, type Results, type Sample } from './results.ts';
import { figureOf, median, ratioOf, spread } from './statistics.ts';
import { drawChart } from './svg.ts';
import { contenderTable, NOT_MEASURED } from './tables.ts';

function sample(contender: Sample['contender'], round: number, figures: Figures): Sample {
  return { contender, case: 'events/50', round, figures };
}

const APPENDS: readonly Sample[] = [
  sample('ours-sqlite', 1, { perSecond: 1_000, p50Ms: 4, p99Ms: 12 }),
  sample('emmett-sqlite', 1, { perSecond: 100, p50Ms: 40, p99Ms: 120 }),
  sample('ours-sqlite', 2, { perSecond: 4_000, p50Ms: 2, p99Ms: 8 }),
  sample('emmett-sqlite', 2, { perSecond: 80, p50Ms: 50, p99Ms: 130 }),
  sample('ours-sqlite', 3, { perSecond: 3_000, p50Ms: 3, p99Ms: 10 }),
  sample('emmett-sqlite', 3, { perSecond: 100, p50Ms: 40, p99Ms: 110 }),
];

const RESULTS: Results = {
  format: 1,
  circumstances: {
    startedAt: '2026-01-02T03:04:05.000Z',
    finishedAt: '2026-01-02T03:24:05.000Z',
    machine: { cpu: 'A CPU', cores: 2, memoryGib: 24, system: 'Linux 6', fdatasyncsPerSecond: 3_500 },
    versions: { node: '24.0.0', sqlite: '3.54.1' },
    postgres: { server_version: '18.4', fsync: 'on', synchronous_commit: 'on' },
    options: { rounds: 3, seconds: 1, quick: false },
  },
  notRun: [{ contender: 'restate', suite: 'reservation', round: null, reason: 'it is away' }],
  suites: { append: APPENDS },
};

const OURS = { contender: 'ours-sqlite', case: 'events/50' } as const;
const EMMETT = { contender: 'emmett-sqlite', case: 'events/50' } as const;

describe('statistics', () => {
  test.each([
    [[3, 1, 2], 2],
    [[4, 1, 2, 3], 2.5],
    [[7], 7],
  ])('the median of %j is %d', (values, expected) => {
    expect(median(values)).toBe(expected);
  });

  test('of no values there is no median and no spread', () => {
    expect(median([])).toBeNaN();
    expect(spread([])).toBeNull();
  });

  test('a figure is the median of the rounds with the slowest and the fastest', () => {
    expect(figureOf(APPENDS, OURS, 'perSecond')).toEqual({ median: 3_000, min: 1_000, max: 4_000 });
    expect(figureOf(APPENDS, OURS, 'readyMs')).toBeNull();
  });

  test('a ratio is the median of the ratios within the rounds, not the ratio of the medians', () => {
    expect(ratioOf(APPENDS, OURS, EMMETT, 'perSecond')).toBe(30);
    const withoutThird = APPENDS.filter(({ contender, round }) => contender !== 'emmett-sqlite' || round < 3);
    expect(ratioOf(withoutThird, OURS, EMMETT, 'perSecond')).toBe(30);
    expect(ratioOf(APPENDS, OURS, { contender: 'restate', case: '50' }, 'perSecond')).toBeNull();
  });
});

describe('results', () => {
  test('are read as they were written, figures to four digits', () => {
    const precise = [sample('restate', 1, { perSecond: 1_234.567 })];
    const read = parseResults(formatResults({ ...RESULTS, suites: { append: precise } }));
    expect(read.suites['append']).toEqual([sample('restate', 1, { perSecond: 1_235 })]);
    expect(read.circumstances).toEqual(RESULTS.circumstances);
    expect(read.notRun).toEqual(RESULTS.notRun);
  });

  test('of another format are refused', () => {
    expect(() => parseResults('{"format": 2}')).toThrow('format 2');
  });
});

describe('tables', () => {
  test('have the medians, the range and the ratio, and no column without a value', () => {
    expect(contenderTable(RESULTS, 'append', 'events/50')).toBe(
      [
        '|                       | per s | range       | p50 ms | p99 ms | ours on SQLite ÷ this |',
        '| --------------------- | ----- | ----------- | ------ | ------ | --------------------- |',
        '| @reservations, SQLite | 3,000 | 1,000…4,000 | 3.00   | 10     |                       |',
        '| Emmett, SQLite        | 100   | 80…100      | 40     | 120    | 30.0                  |',
      ].join('\n'),
    );
  });

  test('say so when nothing was measured', () => {
    expect(contenderTable(RESULTS, 'http', '0/50')).toBe(NOT_MEASURED);
  });

  test('are aligned', () => {
    expect(table(['a', 'long'], [['1', '2']])).toBe('| a   | long |\n| --- | ---- |\n| 1   | 2    |');
  });

  test.each([
    [count(12_345.6), '12,346'],
    [milliseconds(9.876), '9.88'],
    [milliseconds(1_234.5), '1,235'],
    [factor(0.567), '0.57'],
    [factor(35.04), '35.0'],
    [factor(354), '354'],
  ])('%s is written as %s', (text, expected) => {
    expect(text).toBe(expected);
  });
});

describe('goals', () => {
  test('are met or missed by the ratio of the rounds, or not measured', () => {
    const appendToEmmett = GOALS.find(({ what }) => what === 'SQLite: append at 50, to Emmett');
    expect(appendToEmmett?.reached(RESULTS)).toEqual({ text: '30.0 ×', isMet: false });
    const faster = APPENDS.map((one) =>
      one.contender === 'ours-sqlite' ? sample('ours-sqlite', one.round, { perSecond: 4_000 }) : one,
    );
    expect(appendToEmmett?.reached({ ...RESULTS, suites: { append: faster } })).toEqual({
      text: '40.0 ×',
      isMet: true,
    });
    expect(appendToEmmett?.reached({ ...RESULTS, suites: {} })).toBeNull();
  });

  test('of a latency are met from below', () => {
    const slow = GOALS.find(({ what }) => what === 'SQLite: commit to delivery, p99');
    const at = (p99Ms: number): Results => ({
      ...RESULTS,
      suites: { follow: [{ contender: 'ours-sqlite', case: 'same-store', round: 1, figures: { p99Ms } }] },
    });
    expect(slow?.reached(at(4))?.isMet).toBe(true);
    expect(slow?.reached(at(6))?.isMet).toBe(false);
  });

  test('that are missed have a reason, and only those', () => {
    expect(obstacles(RESULTS)).toMatch(/^- _SQLite: append at 50, to Emmett_: .+\.$/);
    expect(obstacles({ ...RESULTS, suites: {} })).toBe('No goal that was measured was missed.');
  });

  test('say nothing after a quick run, and the headline quotes none', () => {
    const options = { ...RESULTS.circumstances.options, quick: true };
    const quick = { ...RESULTS, circumstances: { ...RESULTS.circumstances, options } };
    expect(obstacles(quick)).toBe('A quick run tells nothing about goals.');
    expect(renderBlock('headline', RESULTS)).toContain('30.0 times the durable appends of Emmett on SQLite');
    expect(renderBlock('headline', quick)).not.toMatch(/\d times/);
  });
});

describe('pages', () => {
  test('keep their text, and get the blocks anew', () => {
    const page = 'Before.\n\n<!-- bench: not-run -->\n\nold\n\n<!-- /bench -->\n\nAfter.\n';
    const filled = fillPage(page, { ...RESULTS, notRun: [] });
    expect(filled).toBe(
      'Before.\n\n<!-- bench: not-run -->\n\nEvery contender took part.\n\n<!-- /bench -->\n\nAfter.\n',
    );
    expect(fillPage(filled, { ...RESULTS, notRun: [] })).toBe(filled);
  });

  test('with a block that is not known are refused', () => {
    expect(() => fillPage('<!-- bench: other -->\n<!-- /bench -->', RESULTS)).toThrow('other');
  });

  test('every block says something about a run in which nothing was measured', () => {
    const empty = { ...RESULTS, suites: {} };
    for (const [name, block] of Object.entries(BLOCKS)) expect([name, block(empty)]).not.toEqual([name, '']);
  });

  test('the report names the machine, what was left out, and every table', () => {
    const report = renderReport(RESULTS);
    for (const part of ['2 cores (A CPU)', '20 min', 'it is away', '| Emmett, SQLite ', 'append-sqlite.svg']) {
      expect(report).toContain(part);
    }
  });
});

test('a chart has a bar for each contender, as long as its value, and follows the colours of the page', () => {
  const bars = [
    { label: 'A & B', value: 50, min: 40, max: 100, kind: 'ours' },
    { label: 'C', value: 25, min: 25, max: 25, kind: 'peer' },
  ] as const;
  const svg = drawChart({ title: 'T', unit: 'u', bars });
  expect(
    [...svg.matchAll(/<rect class="(\w+)" .*? width="([\d.]+)"/g)].map(([, kind, width]) => [kind, width]),
  ).toEqual([
    ['ours', '190'],
    ['peer', '95'],
  ]);
  expect(svg).toContain('A &amp; B');
  expect(svg).toContain('prefers-color-scheme: dark');
});

test('every contender takes part in a suite', () => {
  const used = new Set(Object.values(SUITES).flatMap(({ contenders }) => contenders));
  expect(Object.keys(CONTENDERS).filter((id) => !used.has(id as keyof typeof CONTENDERS))).toEqual([]);
});

describe('profiles', () => {
  const profiled: Results = {
    ...RESULTS,
    profiles: [
      {
        suite: 'append',
        contender: 'ours-sqlite',
        case: 'events/50',
        cpuMicros: 40,
        profile: {
          shares: { store: 0.5, garbage: 0.1, threads: 0.4 },
          memory: { residentMib: 200, heapMib: 100, liveMib: 20, garbageMib: 50, externalMib: 10 },
        },
      },
    ],
  };

  test('are shown as CPU time per operation, without areas that took none', () => {
    const lines = profileTable(profiled, 'append', 'events/50').split('\n');
    expect(
      lines.map((line) =>
        line
          .split('|')
          .slice(1, 3)
          .map((cell) => cell.trim()),
      ),
    ).toEqual([
      ['CPU µs each', '@reservations, SQLite'],
      [expect.stringMatching(/^-+$/), expect.stringMatching(/^-+$/)],
      ['store adapter: encoding, groups, answers of appends', '20'],
      ['garbage collection, main thread', '4.0'],
      ['other threads: commits, garbage collection, compiler', '16'],
      ['together', '40'],
    ]);
  });

  test('tell where the memory is, in parts that add up', () => {
    const values = memoryTable(profiled, 'append', 'events/50')
      .split('\n')
      .slice(2)
      .map((line) => Number(line.split('|')[2]));
    expect(values).toEqual([20, 50, 30, 10, 90, 200]);
  });

  test('that were not made are said to be missing', () => {
    expect(profileTable(RESULTS, 'append', 'events/50')).toBe(NOT_MEASURED);
    expect(memoryTable(profiled, 'http', '0/50')).toBe(NOT_MEASURED);
  });

  test('are read as they were written', () => {
    expect(parseResults(formatResults(profiled)).profiles).toEqual(profiled.profiles);
  });
});
