import { parseSync } from 'oxc-parser';

/** One reference to another module: `lazy` when it costs nothing at load time (a type, or `import()`). */
export interface ImportFact {
  readonly specifier: string;
  readonly lazy: boolean;
}

/** What a function must not take from its surroundings if it is to be replayed. */
export type Ambient = 'clock' | 'timers' | 'random' | 'process' | 'console' | 'global object';

/** What one source file says about itself. */
export interface SourceFacts {
  readonly imports: readonly ImportFact[];
  readonly ambients: readonly Ambient[];
  readonly lines: number;
  /** Names that are declared and exported here, with whether a doc comment stands right before them. */
  readonly declared: ReadonlyMap<string, { readonly documented: boolean }>;
  /** Names that are exported from elsewhere, with the module. `export *` has the name "*". */
  readonly forwarded: readonly { readonly name: string; readonly source: string; readonly specifier: string }[];
}

type Node = Readonly<Record<string, unknown>> & { readonly type: string; readonly start: number };

/** Parses a file and collects its facts. @throws {Error} for a syntax error. */
export function readSourceFacts(path: string, text: string): SourceFacts {
  const parsed = parseSync(path, text);
  const [error] = parsed.errors;
  if (error !== undefined) throw new Error(`${path}: ${error.message}`);
  const imports: ImportFact[] = [];
  const ambients = new Set<Ambient>();
  const forwarded: SourceFacts['forwarded'][number][] = [];
  const own = new Set<string>();
  for (const node of walk(parsed.program as unknown as Node)) for (const name of namesMadeBy(node)) own.add(name);
  for (const node of walk(parsed.program as unknown as Node)) {
    const reference = importOf(node);
    if (reference !== null) imports.push(reference);
    for (const ambient of ambientsOf(node, own)) ambients.add(ambient);
    forwarded.push(...forwardsOf(node));
  }
  const documented = new Set(
    parsed.comments
      .filter(({ type, value }) => type === 'Block' && value.startsWith('*'))
      .map(({ end }) => end + text.slice(end).search(/\S|$/)),
  );
  const declared = new Map<string, { documented: boolean }>();
  for (const statement of parsed.program.body as unknown as readonly Node[]) {
    for (const name of declaredBy(statement)) {
      const before = declared.get(name)?.documented ?? false;
      declared.set(name, { documented: before || documented.has(statement.start) });
    }
  }
  return { imports, ambients: [...ambients].toSorted(), lines: text.trimEnd().split('\n').length, declared, forwarded };
}

/** Every node, without the names that refer to nothing: keys of members, and what an import calls its parts. */
function* walk(node: Node): Generator<Node> {
  yield node;
  for (const [key, value] of Object.entries(node)) {
    if ((key === 'key' || key === 'property') && node['computed'] !== true) continue;
    if (node.type === 'ImportSpecifier' || node.type === 'ExportSpecifier' || node.type === 'LabeledStatement')
      continue;
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) yield* walk(child);
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

function importOf(node: Node): ImportFact | null {
  switch (node.type) {
    case 'ImportDeclaration':
      return fact(node['source'], node['importKind'] === 'type' || allAreTypes(node['specifiers']));
    case 'ExportNamedDeclaration':
      return node['source'] === null
        ? null
        : fact(node['source'], node['exportKind'] === 'type' || allAreTypes(node['specifiers']));
    case 'ExportAllDeclaration':
      return fact(node['source'], node['exportKind'] === 'type');
    case 'ImportExpression':
    case 'TSImportType':
      return fact(node['source'], true);
    case 'TSExternalModuleReference':
      return fact(node['expression'], false);
    case 'CallExpression':
      return isNamed(node['callee'], 'require') ? fact((node['arguments'] as readonly unknown[])[0], false) : null;
  }
  return null;
}

/** `import { type A }` alone loads nothing that its types need; `import 'x'` has no part and loads. */
function allAreTypes(specifiers: unknown): boolean {
  const parts = specifiers as readonly Node[];
  return parts.length > 0 && parts.every((part) => part['importKind'] === 'type' || part['exportKind'] === 'type');
}

function fact(source: unknown, lazy: boolean): ImportFact {
  const value = isNode(source) ? source['value'] : undefined;
  // What cannot be read cannot be checked, and is refused by every row of the table.
  return { specifier: typeof value === 'string' ? value : '(computed)', lazy };
}

const GLOBALS: ReadonlyMap<string, Ambient> = new Map([
  ['performance', 'clock'],
  ['Temporal', 'clock'],
  ['setTimeout', 'timers'],
  ['setInterval', 'timers'],
  ['setImmediate', 'timers'],
  ['crypto', 'random'],
  ['process', 'process'],
  ['console', 'console'],
  ['globalThis', 'global object'],
  ['global', 'global object'],
]);

const MODULES: ReadonlyMap<string, Ambient> = new Map([
  ['node:perf_hooks', 'clock'],
  ['node:timers', 'timers'],
  ['node:timers/promises', 'timers'],
  ['node:crypto', 'random'],
  ['node:process', 'process'],
  ['node:console', 'console'],
]);

function* ambientsOf(node: Node, own: ReadonlySet<string>): Generator<Ambient> {
  const reference = importOf(node);
  const byModule = reference === null ? undefined : MODULES.get(reference.specifier);
  if (byModule !== undefined) yield byModule;
  switch (node.type) {
    case 'Identifier': {
      const name = nameOf(node);
      const ambient = own.has(name) ? undefined : GLOBALS.get(name);
      if (ambient !== undefined) yield ambient;
      break;
    }
    case 'NewExpression':
      if (isNamed(node['callee'], 'Date') && (node['arguments'] as readonly unknown[]).length === 0) yield 'clock';
      break;
    case 'CallExpression':
      if (isNamed(node['callee'], 'Date')) yield 'clock';
      break;
    case 'MemberExpression':
      if (isMember(node, 'Date', 'now')) yield 'clock';
      if (isMember(node, 'Math', 'random')) yield 'random';
      break;
    case 'VariableDeclarator':
      // Taking them apart, or under another name, would hide them from the cases above.
      if (isNamed(node['init'], 'Date')) yield 'clock';
      if (isNamed(node['init'], 'Math')) yield 'random';
      break;
  }
}

/** Names that a file gives to something of its own: they are not the global of that name. */
function namesMadeBy(node: Node): readonly string[] {
  switch (node.type) {
    case 'FunctionDeclaration':
    case 'VariableDeclarator':
      return [nameOf(node['id'])];
    case 'ImportSpecifier':
      return [nameOf(node['local'])];
  }
  return [];
}

function isNamed(node: unknown, name: string): boolean {
  return isNode(node) && node.type === 'Identifier' && node['name'] === name;
}

function isMember(node: Node, object: string, property: string): boolean {
  const member = node['property'];
  if (!isNamed(node['object'], object) || !isNode(member)) return false;
  return node['computed'] === true ? member['value'] === property : member['name'] === property;
}

function forwardsOf(node: Node): SourceFacts['forwarded'] {
  if (node.type === 'ExportAllDeclaration') {
    return [{ name: '*', source: '*', specifier: fact(node['source'], false).specifier }];
  }
  if (node.type !== 'ExportNamedDeclaration' || node['source'] === null) return [];
  const { specifier } = fact(node['source'], false);
  return (node['specifiers'] as readonly Node[]).map((part) => ({
    name: nameOf(part['exported']),
    source: nameOf(part['local']),
    specifier,
  }));
}

function declaredBy(statement: Node): readonly string[] {
  const declaration = statement['declaration'];
  if (statement.type !== 'ExportNamedDeclaration' || !isNode(declaration)) return [];
  if (declaration.type !== 'VariableDeclaration') return [nameOf(declaration['id'])];
  return (declaration['declarations'] as readonly Node[]).map(({ id }) => nameOf(id));
}

function nameOf(node: unknown): string {
  if (!isNode(node)) return '';
  const name = node['name'] ?? node['value'];
  return typeof name === 'string' ? name : '';
}
