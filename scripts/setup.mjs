import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { bundledNode, capture, root } from './process.mjs';

const stamps = join(root, 'node_modules', '.stamps');
const packages = ['core', 'server'];

/** Runs on any Node from 20 on; `npx` brings it, so that it need not be installed. */
const pnpm = ['--yes', 'pnpm@12.21.0'];

/**
 * Installs what the lockfile names, unless that is so already. Resolves with null, or with the output of a failure.
 * With SYSTEM_NODE=1 in the environment the bundled Node gives way to the one on the path.
 */
export async function install() {
  const failure = await installOnce();
  if (failure !== null) return failure;
  if (process.env['SYSTEM_NODE'] === '1') rmSync(bundledNode, { force: true });
  else if (!existsSync(bundledNode)) symlinkSync(join('..', 'node', 'bin', 'node'), bundledNode);
  return null;
}

async function installOnce() {
  const inputs = [
    'pnpm-lock.yaml',
    'pnpm-workspace.yaml',
    'package.json',
    'bench/package.json',
    'docs/package.json',
    ...manifests('packages'),
    ...manifests('examples'),
  ];
  const hash = hashOf(inputs);
  if (isStamped('install', hash) && existsSync(join(root, 'node_modules', '.bin', 'tsc'))) return null;
  const { exitCode, output } = await capture('npx', [...pnpm, 'install', '--frozen-lockfile']);
  if (exitCode !== 0) return output;
  stamp('install', hash);
  return null;
}

/** Builds both packages, unless they are built from exactly these sources. Resolves as {@link install} does. */
export async function build({ always = false } = {}) {
  const inputs = packages.flatMap((name) => [
    ...filesBelow(`packages/${name}/src`),
    `packages/${name}/package.json`,
    `packages/${name}/tsup.config.ts`,
    `packages/${name}/tsconfig.build.json`,
  ]);
  const hash = hashOf(['pnpm-lock.yaml', 'package.json', 'tsconfig.base.json', ...inputs]);
  const isBuilt = packages.every((name) => existsSync(join(root, 'packages', name, 'dist', 'types', 'index.d.ts')));
  if (!always && isBuilt && isStamped('build', hash)) return null;
  const { exitCode, output } = await capture('npx', [...pnpm, 'run', 'build']);
  if (exitCode !== 0) return output;
  stamp('build', hash);
  return null;
}

function manifests(folder) {
  return readdirSync(join(root, folder))
    .map((name) => `${folder}/${name}/package.json`)
    .filter((path) => existsSync(join(root, path)));
}

function filesBelow(folder) {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.test.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

function hashOf(paths) {
  const hash = createHash('sha256');
  for (const path of paths.toSorted())
    hash
      .update(path)
      .update('\0')
      .update(readFileSync(join(root, path)))
      .update('\0');
  return hash.digest('hex');
}

function isStamped(name, hash) {
  const path = join(stamps, name);
  return existsSync(path) && readFileSync(path, 'utf8') === hash;
}

function stamp(name, hash) {
  const path = join(stamps, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, hash);
}
