import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { root } from './snippets.ts';

const run = promisify(execFile);

/** A snippet that runs longer than this does not end by itself. */
const RUN_TIMEOUT_MS = 60_000;

/** What a reader of the pages may import: where it lies in the workspace. */
const PACKAGES: Readonly<Record<string, string>> = {
  '@reservations/core': 'packages/core',
  '@reservations/server': 'packages/server',
  express: 'examples/embed-express/node_modules/express',
  '@types/express': 'examples/embed-express/node_modules/@types/express',
  '@types/node': 'node_modules/@types/node',
  vitest: 'node_modules/vitest',
};

/** An empty project with the packages installed, whose sources are used without a build. */
export interface SnippetProject {
  readonly folder: string;
  write(file: string, text: string): Promise<void>;
  /** Type-checks every file that was written. Resolves with the compiler's lines, none when all is right. */
  typecheck(): Promise<readonly string[]>;
  /** Runs a file; resolves with what it printed. @throws {Error} when it fails, or does not end. */
  run(file: string): Promise<{ readonly stdout: string; readonly stderr: string }>;
  remove(): Promise<void>;
}

/** Creates the project outside of the workspace, so that nothing resolves that is not installed there. */
export async function createSnippetProject(): Promise<SnippetProject> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'reservations-snippets-')));
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig()));
  for (const [name, path] of Object.entries(PACKAGES)) {
    await mkdir(dirname(join(folder, 'node_modules', name)), { recursive: true });
    await symlink(join(root, path), join(folder, 'node_modules', name));
  }
  return {
    folder,
    write: (file, text) => writeFile(join(folder, file), text),
    async typecheck() {
      const tsc = join(root, 'node_modules/.bin/tsc');
      try {
        await run(tsc, ['--noEmit', '--pretty', 'false', '--project', 'tsconfig.json'], { cwd: folder });
        return [];
      } catch (error) {
        return linesOf(error);
      }
    },
    run: (file) =>
      run(process.execPath, ['--conditions=@reservations/source', '--disable-warning=ExperimentalWarning', file], {
        cwd: folder,
        timeout: RUN_TIMEOUT_MS,
      }),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** The workspace's own rules, without those about how its packages are published. */
function tsconfig(): object {
  const compilerOptions = { isolatedDeclarations: false, declaration: false, noUnusedLocals: false };
  return { extends: join(root, 'tsconfig.base.json'), compilerOptions, include: ['*.ts'] };
}

function linesOf(error: unknown): readonly string[] {
  const { stdout = '', stderr = '' } = error as { readonly stdout?: string; readonly stderr?: string };
  const lines = `${stdout}${stderr}`.split('\n').filter((line) => line.trim() !== '');
  return lines.length > 0 ? lines : [String(error)];
}
