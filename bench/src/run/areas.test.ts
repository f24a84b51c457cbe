import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Profiler } from 'node:inspector';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { timeByArea } from './areas.ts';

/** A profile of one chain of calls, the outermost first, whose innermost function was seen for a millisecond. */
function chain(...calls: readonly (readonly [functionName: string, url: string])[]): Profiler.Profile {
  return {
    startTime: 0,
    endTime: 1_000,
    nodes: calls.map(([functionName, url], index) => ({
      id: index + 1,
      callFrame: { functionName, url, scriptId: '0', lineNumber: 0, columnNumber: 0 },
      children: index + 1 < calls.length ? [index + 2] : [],
    })),
    samples: [calls.length],
    timeDeltas: [1_000],
  };
}

const ROOT = ['(root)', ''] as const;
const MODULES = 'file:///app/node_modules';

test.each([
  ['a package by its name', [ROOT, ['handle', `${MODULES}/koa/lib/application.js`]], 'http'],
  ['a package with a scope', [ROOT, ['start', `${MODULES}/@grpc/grpc-js/build/src/call.js`]], 'grpc'],
  ['an inner folder of packages', [ROOT, ['q', `${MODULES}/.pnpm/pg@8.23.1/node_modules/pg/lib/client.js`]], 'driver'],
  ['a module of Node with one purpose', [ROOT, ['onStreamRead', 'node:internal/http2/core']], 'grpc'],
  ['what many use: its caller', [ROOT, ['handle', `${MODULES}/koa/lib/response.js`], ['emit', 'node:events']], 'http'],
  [
    'what many use, without a caller that has one',
    [ROOT, ['processTicksAndRejections', 'node:internal/process/task_queues']],
    'node',
  ],
  [
    'native code of the driver',
    [ROOT, ['commit', 'file:///r/packages/core/src/adapters/sqlite/a.ts'], ['run', '']],
    'driver',
  ],
  [
    'other native code: its caller',
    [ROOT, ['log', 'file:///r/packages/server/src/observe/log.ts'], ['write', '']],
    'log',
  ],
  ['an adapter of a store', [ROOT, ['append', 'file:///r/packages/core/src/adapters/sql/columns.ts']], 'store'],
  ['the domain', [ROOT, ['decide', 'file:///r/packages/core/src/domain/reservation.ts']], 'engine'],
  ['garbage collection', [ROOT, ['(garbage collector)', '']], 'garbage'],
  ['what is no JavaScript', [ROOT, ['(program)', '']], 'native'],
] as const)('time belongs to %s', (_, calls, area) => {
  expect([...timeByArea(chain(...calls))]).toEqual([[area, 1_000]]);
});

test.each([
  ['idle time', [ROOT, ['(idle)', '']]],
  ['starting the profiler', [ROOT, ['startProfiling', 'file:///r/bench/src/run/profile.ts'], ['dispatch', '']]],
] as const)('%s counts nowhere', (_, calls) => {
  expect([...timeByArea(chain(...calls))]).toEqual([]);
});

test('a function of a built file belongs to the source file that its source map names', () => {
  const folder = mkdtempSync(join(tmpdir(), 'areas-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const built = join(folder, 'built.js');
  writeFileSync(built, 'x');
  const source = '/r/packages/server/src/http/app.ts';
  writeFileSync(`${built}.map`, JSON.stringify({ version: 3, sources: [source], names: [], mappings: 'AAAA' }));
  expect([...timeByArea(chain(ROOT, ['answer', pathToFileURL(built).href]))]).toEqual([['server', 1_000]]);
});
