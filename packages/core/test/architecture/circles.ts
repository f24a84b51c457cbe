import { posix } from 'node:path';
import type { SourceTree } from './rules.ts';

/** What a specifier that names a package of the workspace stands for: `@reservations/core/ports` → a file's path. */
export type Entries = ReadonlyMap<string, string>;

/**
 * Finds one circle in each group of files that reach each other by imports, those of types and `import()` included.
 * Each circle is the shortest through the group's first file, which stands at both its ends.
 */
export function findCircles(tree: SourceTree, entries: Entries = new Map()): readonly (readonly string[])[] {
  const graph = new Map([...tree.keys()].toSorted().map((path) => [path, targetsOf(tree, entries, path)]));
  const done = new Set<string>();
  const circles: (readonly string[])[] = [];
  for (const path of graph.keys()) {
    if (done.has(path)) continue;
    const circle = shortestCircle(graph, path);
    if (circle === null) continue;
    circles.push(circle);
    const reached = reachedFrom(graph, path);
    for (const other of reached) if (reachedFrom(graph, other).has(path)) done.add(other);
  }
  return circles;
}

type Graph = ReadonlyMap<string, readonly string[]>;

function targetsOf(tree: SourceTree, entries: Entries, path: string): readonly string[] {
  const targets = (tree.get(path)?.imports ?? []).map(({ specifier }) =>
    specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : (entries.get(specifier) ?? specifier),
  );
  return [...new Set(targets)].filter((target) => tree.has(target)).toSorted();
}

/** Looks breadth-first for the way back to a file. */
function shortestCircle(graph: Graph, start: string): readonly string[] | null {
  const cameFrom = new Map<string, string>();
  const queue = [start];
  for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
    for (const target of graph.get(path) ?? []) {
      if (target === start) return [start, ...wayTo(path, cameFrom, start), start];
      if (cameFrom.has(target)) continue;
      cameFrom.set(target, path);
      queue.push(target);
    }
  }
  return null;
}

function wayTo(path: string, cameFrom: ReadonlyMap<string, string>, start: string): readonly string[] {
  const way: string[] = [];
  for (let at = path; at !== start; at = cameFrom.get(at) ?? start) way.unshift(at);
  return way;
}

function reachedFrom(graph: Graph, start: string): ReadonlySet<string> {
  const reached = new Set<string>();
  const open = [start];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    for (const target of graph.get(path) ?? []) {
      if (reached.has(target)) continue;
      reached.add(target);
      open.push(target);
    }
  }
  return reached;
}
