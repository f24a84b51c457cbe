import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { inject } from 'vitest';

const run = promisify(execFile);

/** An installation from an empty cache takes half a minute; what takes longer than this hangs. */
const COMMAND_TIMEOUT_MS = 180_000;

/** The workspace's folder. */
export const root: string = fileURLToPath(new URL('../../../..', import.meta.url));

/** The packed packages, and empty projects that install them as a stranger would. */
export interface PackedPackages {
  readonly core: string;
  readonly server: string;
  /**
   * Makes a project and installs these packages into it by npm, on a machine without compilers. The project is empty
   * unless `fill` puts something into its folder.
   */
  project(name: string, packages: readonly string[], fill?: (folder: string) => Promise<void>): Promise<Project>;
  remove(): Promise<void>;
}

/** A project with the packages installed. Commands see its own node_modules and the bare machine, nothing of the workspace. */
export interface Project {
  readonly folder: string;
  /** Resolves with what the command printed to stdout. @throws {Error} with all output when it fails. */
  run(command: string, args: readonly string[]): Promise<string>;
  start(command: string, args: readonly string[], env?: Readonly<Record<string, string>>): ChildProcess;
  write(file: string, text: string): Promise<void>;
}

/** Returns the packages that were packed for all tests, with a folder for the projects of a file. */
export async function packedPackages(): Promise<PackedPackages> {
  const folder = await mkdtemp(join(tmpdir(), 'reservations-packed-'));
  const environment = bareEnvironment(await bareMachine(join(folder, 'bin')));
  return {
    ...inject('tarballs'),
    project: async (name, packages, fill) => {
      const project = projectIn(join(folder, name), environment);
      await mkdir(project.folder);
      if (fill === undefined) await project.write('package.json', JSON.stringify({ private: true, type: 'module' }));
      else await fill(project.folder);
      await project.run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', ...packages]);
      return project;
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Resolves with what the command printed to stdout. @throws {Error} with everything that it printed when it fails or hangs. */
export async function output(
  command: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<string> {
  try {
    return (await run(command, args, { ...options, timeout: COMMAND_TIMEOUT_MS })).stdout;
  } catch (cause) {
    const { stdout, stderr } = cause as { readonly stdout?: string; readonly stderr?: string };
    throw new Error([`${command} ${args.join(' ')} failed`, stdout, stderr].join('\n'), { cause });
  }
}

/** A folder with Node, npm and a shell: no compiler, no make, no Python. */
async function bareMachine(folder: string): Promise<string> {
  await mkdir(folder);
  await symlink(process.execPath, join(folder, 'node'));
  for (const name of ['npm', 'npx', 'sh']) await symlink(await realpath(which(name)), join(folder, name));
  return folder;
}

function which(name: string): string {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const found = folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
  if (found === undefined) throw new Error(`${name} is not on the path`);
  return found;
}

/** Without what the workspace's own tools and npm's scripts put there: it could make the packages look better than they are. */
function bareEnvironment(path: string): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) =>
      !/^(npm_(package|lifecycle|command|execpath|node_execpath|config_local_prefix)|VITEST|NODE_(PATH|OPTIONS|ENV)$)/.test(
        name,
      ),
  );
  return { ...Object.fromEntries(kept), PATH: path };
}

function projectIn(folder: string, env: NodeJS.ProcessEnv): Project {
  return {
    folder,
    run: (command, args) => output(command, args, { cwd: folder, env }),
    start: (command, args, more) =>
      spawn(command, args, { cwd: folder, env: { ...env, ...more }, stdio: ['ignore', 'pipe', 'pipe'] }),
    write: (file, text) => writeFile(join(folder, file), text),
  };
}
