import { execFile, execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { root } from './snippets.ts';

const run = promisify(execFile);

/** A program of a copy that runs longer than this hangs. */
const RUN_TIMEOUT_MS = 80_000;

/** A copy of the workspace that a test may change. */
export interface WorkspaceCopy {
  readonly folder: string;
  write(file: string, text: string): Promise<void>;
  /** Applies a difference in git's format. @throws {Error} when a part of it does not fit. */
  apply(diff: string): Promise<void>;
  /** Type-checks all packages. Resolves with the compiler's lines, none when all is right. */
  typecheck(): Promise<readonly string[]>;
  /** Runs a file; resolves with what it printed. @throws {Error} when it fails. */
  run(file: string): Promise<string>;
  remove(): Promise<void>;
}

/** Copies what is under version control, with the installed packages of others and, of ours, the copies. */
export async function copyWorkspace(): Promise<WorkspaceCopy> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'reservations-copy-')));
  const args = [
    'ls-files',
    '--cached',
    '--others',
    '--exclude-standard',
    '*.ts',
    '*.mts',
    '*.mjs',
    '*.json',
    '*.proto',
  ];
  const files = execFileSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 10_000_000 }).split('\n');
  for (const file of files.filter((name) => name !== '')) await copyFile(folder, file);
  const manifests = files.filter((file) => /(^|\/)package\.json$/.test(file)).map((file) => dirname(file));
  for (const place of manifests) await linkPackages(folder, join(place, 'node_modules'));
  return {
    folder,
    write: (file, text) => writeFile(join(folder, file), text),
    async apply(diff) {
      await writeFile(join(folder, 'example.diff'), diff);
      await run('git', ['apply', '--whitespace=nowarn', 'example.diff'], { cwd: folder, env: outsideOfGit() });
    },
    async typecheck() {
      try {
        await run(join(root, 'node_modules/.bin/tsc'), ['--noEmit', '--pretty', 'false', '-p', 'tsconfig.json'], {
          cwd: folder,
        });
        return [];
      } catch (error) {
        const { stdout = '' } = error as { readonly stdout?: string };
        return stdout === '' ? [String(error)] : stdout.trimEnd().split('\n');
      }
    },
    async run(file) {
      const argv = ['--conditions=@reservations/source', '--disable-warning=ExperimentalWarning', file];
      return (await run(process.execPath, argv, { cwd: folder, timeout: RUN_TIMEOUT_MS })).stdout;
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** A file that was removed and not committed is not there to be copied. */
async function copyFile(folder: string, file: string): Promise<void> {
  await mkdir(dirname(join(folder, file)), { recursive: true });
  await cp(join(root, file), join(folder, file)).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  });
}

/** A copy within a repository would make `git apply` look for its files there. */
function outsideOfGit(): NodeJS.ProcessEnv {
  return { ...process.env, GIT_DIR: '/nowhere', GIT_CEILING_DIRECTORIES: tmpdir() };
}

async function linkPackages(folder: string, place: string): Promise<void> {
  const entries = await readdir(join(root, place), { withFileTypes: true }).catch(() => []);
  await mkdir(join(folder, place), { recursive: true });
  for (const { name } of entries.filter((entry) => !entry.name.startsWith('.'))) {
    const scoped = name.startsWith('@') ? await readdir(join(root, place, name)) : [''];
    if (name.startsWith('@')) await mkdir(join(folder, place, name));
    for (const part of scoped) {
      const target = await realpath(join(root, place, name, part));
      const own = relative(await realpath(root), target);
      const isOwn = !own.startsWith('..') && !own.includes('node_modules');
      await symlink(isOwn ? join(folder, own) : target, join(folder, place, name, part));
    }
  }
}
