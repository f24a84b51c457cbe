import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Application, type ProjectReflection, type TypeDocOptions } from 'typedoc';
import { GENERATED, repositoryLink, root } from '../repository.ts';
import { type Entry, readEntries } from './entries.ts';

/** Folder of the reference, from the root of the repository. */
export const REFERENCE = `${GENERATED}/reference`;

/** Options of the plug-in that writes Markdown; its declarations are not those of this compiler. */
interface MarkdownOptions {
  readonly [option: string]: unknown;
}

const MARKDOWN: MarkdownOptions = {
  outputFileStrategy: 'modules',
  entryFileName: 'index',
  hideBreadcrumbs: true,
  hidePageHeader: true,
  parametersFormat: 'table',
  interfacePropertiesFormat: 'table',
  classPropertiesFormat: 'table',
  typeDeclarationFormat: 'table',
  enumMembersFormat: 'table',
  useCodeBlocks: true,
  tableColumnSettings: { hideInherited: true, hideOverrides: true, hideModifiers: true, hideSources: true },
  useHTMLEncodedBrackets: true,
  sanitizeComments: true,
  anchorPrefix: '',
};

/**
 * Writes a page of Markdown for each entry of the packages, from the doc comments.
 * @throws {Error} for a link that leads nowhere and a type that is used but not exported, after they were printed.
 */
export async function buildReference(): Promise<void> {
  const entries = readEntries();
  const pageTitleTemplates = { module: ({ name }: { readonly name: string }) => titleOf(name, entries) };
  const options = { ...optionsFor(entries), ...MARKDOWN, pageTitleTemplates };
  const app = await Application.bootstrapWithPlugins(options);
  linkInternalNames(app);
  const project = await app.convert();
  if (project === undefined) throw new Error('the reference: the sources do not compile');
  app.validate(project);
  if (app.logger.hasWarnings() || app.logger.hasErrors()) {
    throw new Error(
      'the reference: a comment links to a name that does not exist, or a type is not exported; see above',
    );
  }
  nameModules(project, entries);
  await app.generateOutputs(project);
  writeFileSync(join(root, REFERENCE, 'index.md'), overview(project, entries));
}

function optionsFor(entries: readonly Entry[]): TypeDocOptions {
  return {
    entryPoints: entries.map(({ source }) => join(root, source)),
    tsconfig: join(root, 'tsconfig.json'),
    plugin: ['typedoc-plugin-markdown'],
    out: join(root, REFERENCE),
    readme: 'none',
    name: 'API reference',
    // tsc checks the sources, with the compiler that the project uses.
    skipErrorChecking: true,
    excludeInternal: true,
    excludePrivate: true,
    excludeExternals: true,
    disableSources: true,
    disableGit: true,
    githubPages: false,
    logLevel: 'Warn',
    validation: { notExported: true, invalidLink: true, invalidPath: true },
  };
}

/** Comments may name constants that are not exported: the link leads to their source file. */
function linkInternalNames({ converter }: Application): void {
  converter.addUnknownSymbolResolver((_reference, _reflection, _part, symbol) =>
    symbol?.packageName === '@reservations/core' || symbol?.packageName === '@reservations/server'
      ? repositoryLink(`packages/${symbol.packageName.slice('@reservations/'.length)}/${symbol.packagePath}`, 'blob')
      : undefined,
  );
}

/** Names the modules after their pages; the titles of the pages are what imports name. */
function nameModules({ children = [] }: ProjectReflection, entries: readonly Entry[]): void {
  if (children.length !== entries.length) {
    throw new Error(`the reference: ${entries.length} entries, but ${children.length} modules`);
  }
  for (const module of children) module.name = entryOf(module.name, entries).page.replace(/\.md$/, '');
}

function titleOf(module: string, entries: readonly Entry[]): string {
  return entries.find(({ page }) => page === `${module}.md`)?.name ?? module;
}

/** The first page of the reference: what each entry exports. */
function overview({ children = [] }: ProjectReflection, entries: readonly Entry[]): string {
  const sections = entries.map(({ name, page }) => {
    const module = children.find((child) => `${child.name}.md` === page);
    const names = (module?.children ?? []).map((child) => `\`${child.name}\``).toSorted();
    return `## [${name}](${page})\n\n${names.join(', ')}\n`;
  });
  return `# API reference\n\nWhat the packages export, from the doc comments of the sources.\n\n${sections.join('\n')}`;
}

/** Finds the entry of a module, which is named after its file: `core/src/adapters/sqlite`. */
function entryOf(module: string, entries: readonly Entry[]): Entry {
  const entry = entries.find(({ source }) => source.replace(/(\/index)?\.ts$/, '') === `packages/${module}`);
  if (entry === undefined) throw new Error(`the reference: no entry for the module ${module}`);
  return entry;
}
