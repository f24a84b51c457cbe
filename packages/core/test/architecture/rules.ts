import { posix } from 'node:path';
import { cellList as list, tableWith } from '../markdown.ts';
import type { SourceFacts } from './source-facts.ts';

/** The longest source file. */
export const LINES_MAX = 400;

/** One row of the table of layers. */
export interface Layer {
  readonly name: string;
  readonly paths: readonly string[];
  /** Names of layers, and of modules (in the table: in backticks). `a` is the root entry of a package, `a/*` all entries. */
  readonly mayImport: ReadonlySet<string>;
  readonly mayImportLazily: ReadonlySet<string>;
  readonly mayTouch: ReadonlySet<string>;
}

/** Files by their path from the root of the workspace. */
export type SourceTree = ReadonlyMap<string, SourceFacts>;

/** Reads the two tables of the page on architecture. @throws {Error} when one of them is missing or names no known layer. */
export function readLayers(page: string): readonly Layer[] {
  const touch = new Map(tableWith(page, 'layer', 'may touch').map(([name = '', what = '']) => [name, list(what)]));
  const rows = tableWith(page, 'layer', 'path');
  const layers = rows.map(([name = '', paths = '', imports = '', lazily = '']) => {
    const mayTouch = new Set(touch.get(name));
    touch.delete(name);
    return {
      name,
      paths: list(paths),
      mayImport: new Set(list(imports)),
      mayImportLazily: new Set(list(lazily)),
      mayTouch,
    };
  });
  const [unknown] = touch.keys();
  if (unknown !== undefined) throw new Error(`no such layer: ${unknown}`);
  return layers;
}

/** Every breach of the rules, as sentences that begin with the file's path. */
export function findViolations(tree: SourceTree, layers: readonly Layer[]): readonly string[] {
  return [...tree].flatMap(([path, facts]) => [
    ...importViolations(path, facts, layers),
    ...ambientViolations(path, facts, layers),
    ...(facts.lines > LINES_MAX ? [`${path} has ${facts.lines} lines, at most ${LINES_MAX}`] : []),
  ]);
}

function importViolations(path: string, facts: SourceFacts, layers: readonly Layer[]): readonly string[] {
  const layer = layerOf(path, layers);
  if (layer === null && !isTest(path)) return [`${path} belongs to no layer`];
  return facts.imports.flatMap(({ specifier, lazy }) => {
    if (!specifier.startsWith('.')) {
      if (isTest(path) || layer === null) return [];
      return isModuleAllowed(specifier, lazy, layer) ? [] : [`${path} (${layer.name}) imports ${specifier}`];
    }
    const target = posix.join(posix.dirname(path), specifier);
    if (packageOf(target) !== packageOf(path)) return [`${path} imports ${target} of another package by its path`];
    if (isTest(path) || layer === null) return [];
    const targetLayer = layerOf(target, layers);
    if (isTest(target) || targetLayer === null)
      return [`${path} (${layer.name}) imports ${target}, which is no layer's`];
    if (targetLayer === layer || allows(layer, targetLayer.name, lazy)) return [];
    return [`${path} (${layer.name}) imports ${target} (${targetLayer.name})`];
  });
}

/** An entry of a package is allowed by its own name, or all of them by `name/*`. */
function isModuleAllowed(specifier: string, lazy: boolean, layer: Layer): boolean {
  if (specifier.startsWith('node:')) return allows(layer, specifier, lazy) || allows(layer, 'node:*', lazy);
  const parts = specifier.split('/');
  const name = parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
  return allows(layer, specifier, lazy) || allows(layer, `${name}/*`, lazy);
}

function allows(layer: Layer, name: string, lazy: boolean): boolean {
  return layer.mayImport.has(name) || (lazy && layer.mayImportLazily.has(name));
}

function ambientViolations(path: string, facts: SourceFacts, layers: readonly Layer[]): readonly string[] {
  if (!path.startsWith('packages/core/src/') || isTest(path)) return [];
  const mayTouch: ReadonlySet<string> = layerOf(path, layers)?.mayTouch ?? new Set();
  return facts.ambients.filter((ambient) => !mayTouch.has(ambient)).map((ambient) => `${path} touches ${ambient}`);
}

function layerOf(path: string, layers: readonly Layer[]): Layer | null {
  let found: { readonly layer: Layer; readonly length: number } | null = null;
  for (const layer of layers) {
    for (const prefix of layer.paths) {
      const fits = prefix.endsWith('/') ? path.startsWith(prefix) : path === prefix;
      if (fits && prefix.length > (found?.length ?? 0)) found = { layer, length: prefix.length };
    }
  }
  return found?.layer ?? null;
}

function packageOf(path: string): string {
  return path
    .split('/')
    .slice(0, path.startsWith('bench/') ? 1 : 2)
    .join('/');
}

function isTest(path: string): boolean {
  return /(\.test|-fixture|\/test-[^/]+)\.ts$/.test(path) || /^packages\/[^/]+\/test\//.test(path);
}

/** Exported names of an entry that have no doc comment where they are declared, as "name (file)". */
export function findUndocumented(tree: SourceTree, entry: string): readonly string[] {
  const facts = tree.get(entry);
  if (facts === undefined) return [`${entry} does not exist`];
  const own = [...facts.declared].filter(([, { documented }]) => !documented).map(([name]) => `${name} (${entry})`);
  const forwarded = facts.forwarded.flatMap(({ name, source, specifier }) => {
    const target = posix.join(posix.dirname(entry), specifier);
    if (name === '*') return [`everything of ${target} at once (${entry})`];
    return isDocumented(tree, target, source) ? [] : [`${name} (${target})`];
  });
  return [...own, ...forwarded];
}

function isDocumented(tree: SourceTree, path: string, name: string): boolean {
  const facts = tree.get(path);
  const declared = facts?.declared.get(name);
  if (declared !== undefined) return declared.documented;
  const forward = facts?.forwarded.find((candidate) => candidate.name === name);
  if (forward === undefined) return false;
  return isDocumented(tree, posix.join(posix.dirname(path), forward.specifier), forward.source);
}
