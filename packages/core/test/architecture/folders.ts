/** A folder of the lists on the page on architecture, from the root of the workspace, with those listed below it. */
export interface ListedFolder {
  readonly path: string;
  readonly below: readonly string[];
}

/** Reads the first block behind the heading "Folders": a folder a line, two spaces deeper than the one above it. */
export function readFolders(page: string): readonly ListedFolder[] {
  const [, block = ''] = /^## Folders\n[\s\S]*?^```\w*\n([\s\S]*?)^```/m.exec(page) ?? [];
  const paths: string[] = [];
  const above: string[] = [];
  for (const [, indent = '', name = ''] of block.matchAll(/^( *)(\S+)\//gm)) {
    above.splice(indent.length / 2);
    above.push(name);
    paths.push(above.join('/'));
  }
  return paths.map((path) => ({
    path,
    below: paths.filter((other) => other.slice(0, other.lastIndexOf('/')) === path).map((other) => nameOf(other)),
  }));
}

/** Compares the lists with the folders that there are. A folder without any below it is not looked into. */
export function wrongFolders(
  listed: readonly ListedFolder[],
  foldersIn: (path: string) => readonly string[] | null,
): readonly string[] {
  return listed.flatMap(({ path, below }) => {
    const found = foldersIn(path);
    if (found === null) return [`${path} does not exist`];
    if (below.length === 0) return [];
    return found.filter((name) => !below.includes(name)).map((name) => `${path}/${name} is not listed`);
  });
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
