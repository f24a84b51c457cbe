import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

/** More names than this are not read by anyone who embeds the engine. */
const ROOT_NAMES_MAX = 80;

const root = new URL('../../../', import.meta.url);

function read(path: string): string {
  return readFileSync(new URL(path, root), 'utf8');
}

interface Export {
  readonly name: string;
  readonly isType: boolean;
  /** Text of the file that it comes from. */
  readonly source: string;
}

/** An entry is a list of exports and nothing else, so that it can be read without a compiler. */
function exportsOf(entry: string): readonly Export[] {
  const folder = entry.slice(0, entry.lastIndexOf('/') + 1);
  return [...read(entry).matchAll(/export (type )?\{([^}]*)\} from '([^']*)';/g)].flatMap(([, type, list = '', from]) =>
    list
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '')
      .map((item) => ({
        name: item.replace(/^type /, ''),
        isType: type !== undefined || item.startsWith('type '),
        source: readFileSync(new URL(`${from}`, new URL(folder, root)), 'utf8'),
      })),
  );
}

const { exports: declared } = JSON.parse(read('packages/core/package.json')) as {
  readonly exports: Readonly<Record<string, { readonly '@reservations/source'?: string }>>;
};
const ENTRIES = Object.entries(declared).flatMap(([name, { '@reservations/source': path }]) =>
  path === undefined ? [] : [{ name, path: `packages/core/${path.slice(2)}` }],
);

/** The text of everything that uses the package as its users do, documentation included. */
const outside = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], {
  cwd: fileURLToPath(root),
  encoding: 'utf8',
})
  .split('\n')
  .filter(
    (file) =>
      /\.(ts|mts|mjs|md)$/.test(file) && !/^(packages\/core\/(src|test)|\.changeset|docs\/decisions)\//.test(file),
  )
  .map((file) => {
    try {
      return read(file);
    } catch {
      return ''; // Removed in the working tree.
    }
  })
  .join('\n');

function mentions(text: string, name: string): boolean {
  return new RegExp(`(?<![\\w$])${name}(?![\\w$])`).test(text);
}

const rootEntry = ENTRIES.find(({ name }) => name === '.');

test(`the root exports at most ${ROOT_NAMES_MAX} names`, () => {
  expect(exportsOf(rootEntry?.path ?? '').length).toBeLessThanOrEqual(ROOT_NAMES_MAX);
});

test.each(ENTRIES.filter(({ name }) => name !== './supported-node'))('$name exports each name once', ({ path }) => {
  const names = exportsOf(path).map(({ name }) => name);
  expect(names).not.toEqual([]);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

test.each(ENTRIES)('$name exports nothing that is neither used outside nor part of what it exports', ({ path }) => {
  const all = exportsOf(path);
  const unused = all.filter(({ name, isType, source }) => {
    if (mentions(outside, name)) return false;
    // A type that another export of the entry takes or returns has to be nameable.
    return (
      !isType || !all.some((other) => other.name !== name && (other.source === source || mentions(other.source, name)))
    );
  });
  expect(unused.map(({ name }) => name)).toEqual([]);
});
