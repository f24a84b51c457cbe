import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Profiler } from 'node:inspector';
import type { Area } from '../report/results.ts';

/** Built-in modules of Node by what they do; the time of any other module counts for its caller. */
const BUILT_IN: readonly (readonly [RegExp, Area])[] = [
  [/^node:(_http|http$|internal\/http$)/, 'http'],
  [/^node:(http2|internal\/http2)/, 'grpc'],
  [/^node:(internal\/worker|worker_threads)/, 'thread'],
];

/** Packages by what they do. */
const PACKAGES: readonly (readonly [RegExp, Area])[] = [
  [/^(koa|@koa\/|koa-|delegates|accepts|mime-|negotiator|type-is|content-type|statuses|vary|on-finished)/, 'http'],
  [/^(@grpc\/|protobufjs|@protobufjs|long)/, 'grpc'],
  [/^(better-sqlite3|pg|pg-)/, 'driver'],
  [/^cockatiel/, 'engine'],
];

/** Source folders of this repository by what they do, the first that fits. */
const FOLDERS: readonly (readonly [RegExp, Area | 'none'])[] = [
  // Starting the profiler takes time that no operation takes.
  [/\/bench\/src\/run\/(profile\.ts|self-report\.mjs)/, 'none'],
  [/\/bench\//, 'benchmark'],
  [/\/packages\/core\/src\/adapters\/grpc\//, 'engine'],
  [/\/packages\/core\/src\/adapters\//, 'store'],
  [/\/packages\/core\/src\//, 'engine'],
  [/\/packages\/server\/src\/observe\//, 'log'],
  [/\/packages\/server\/src\//, 'server'],
];

/** Functions of better-sqlite3 that are native, and have no file. */
const NATIVE_DRIVER = new Set(['run', 'all', 'get', 'exec', 'iterate', 'prepare']);

const SPECIAL: Readonly<Record<string, Area | 'none'>> = {
  '(idle)': 'none',
  '(garbage collector)': 'garbage',
  '(program)': 'native',
  '(root)': 'node',
};

/**
 * Time of a CPU profile in microseconds by area, without idle time. A function of Node that many parts use, and native
 * code, belong to the nearest caller that has an area.
 */
export function timeByArea({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): Map<Area, number> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const callers = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  const areas = new Map<number, Area | 'none'>();
  const locate = sourceLocator();
  const areaOf = (id: number): Area | 'none' => {
    const known = areas.get(id);
    if (known !== undefined) return known;
    const node = byId.get(id);
    const own = node === undefined ? 'node' : ownArea(node.callFrame, locate);
    const caller = callers.get(id);
    const around = caller === undefined ? 'node' : areaOf(caller);
    // HTTP/2 checks its headers with code of HTTP/1.1.
    const area = own === null || (own === 'http' && around === 'grpc') ? around : own;
    areas.set(id, area);
    return area;
  };
  const times = new Map<Area, number>();
  for (const [index, id] of samples.entries()) {
    const area = areaOf(id);
    if (area !== 'none') times.set(area, (times.get(area) ?? 0) + (timeDeltas[index] ?? 0));
  }
  return times;
}

type Locate = (url: string, line: number, column: number) => string;

/** The area of a function by its name or file; null when its caller decides. */
function ownArea({ functionName, url, lineNumber, columnNumber }: CallFrame, locate: Locate): Area | 'none' | null {
  if (url === '') {
    const special = SPECIAL[functionName];
    if (special !== undefined) return special;
    if (functionName === 'postMessage') return 'thread';
    return NATIVE_DRIVER.has(functionName) ? 'driver' : null;
  }
  if (url.startsWith('node:')) return first(BUILT_IN, url);
  const [, name] = /^.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url) ?? [];
  if (name !== undefined && !name.startsWith('@reservations/')) return first(PACKAGES, name);
  return first(FOLDERS, locate(url, lineNumber, columnNumber));
}

type CallFrame = Profiler.ProfileNode['callFrame'];

function first<Found>(rules: readonly (readonly [RegExp, Found])[], text: string): Found | null {
  return rules.find(([pattern]) => pattern.test(text))?.[1] ?? null;
}

/** Finds the source file of a position in a built file, by the source map beside it. */
function sourceLocator(): Locate {
  const maps = new Map<string, SourceMap | null>();
  return (url, line, column) => {
    if (!url.startsWith('file:') || !url.endsWith('.js')) return url;
    let map = maps.get(url);
    if (map === undefined) {
      map = readMap(url);
      maps.set(url, map);
    }
    const entry = map?.findEntry(line, column);
    if (entry === undefined || !('originalSource' in entry)) return url;
    return new URL(entry.originalSource, url).href;
  };
}

function readMap(url: string): SourceMap | null {
  try {
    return new SourceMap(JSON.parse(readFileSync(fileURLToPath(`${url}.map`), 'utf8')) as SourceMapPayload);
  } catch {
    return null;
  }
}

type SourceMapPayload = ConstructorParameters<typeof SourceMap>[0];
