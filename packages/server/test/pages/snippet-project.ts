import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { root } from './snippets.ts';

const run = promisify(execFile);

/** A snippet or a test file that runs longer than this does not end by itself. */
const RUN_TIMEOUT_MS = 60_000;

/** What a reader of the pages may import: where it lies in the workspace. */
const PACKAGES: Readonly<Record<string, string>> = {
  '@reservations/core': 'packages/core',
  '@reservations/server': 'packages/server',
  express: 'examples/embed-express/node_modules/express',
  '@types/express': 'examples/embed-express/node_modules/@types/express',
  '@types/koa': 'packages/server/node_modules/@types/koa',
  '@types/koa-mount': 'packages/server/node_modules/@types/koa-mount',
  '@types/node': 'node_modules/@types/node',
  '@hono/node-server': 'packages/server/node_modules/@hono/node-server',
  '@nestjs/common': 'packages/server/node_modules/@nestjs/common',
  '@nestjs/core': 'packages/server/node_modules/@nestjs/core',
  '@nestjs/platform-express': 'packages/server/node_modules/@nestjs/platform-express',
  fastify: 'packages/server/node_modules/fastify',
  hono: 'packages/server/node_modules/hono',
  koa: 'packages/server/node_modules/koa',
  'koa-mount': 'packages/server/node_modules/koa-mount',
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
  /** Runs a test file with vitest; resolves with how its tests ended, whatever that is. */
  test(file: string): Promise<readonly TestEnd[]>;
  remove(): Promise<void>;
}

/** How one test ended. */
export interface TestEnd {
  readonly title: string;
  readonly status: 'passed' | 'failed' | 'skipped' | 'pending' | 'todo';
  readonly failureMessages: readonly string[];
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
    async test(file) {
      const conditions = "['@reservations/source']";
      const config = `export default { resolve: { conditions: ${conditions} }, ssr: { resolve: { conditions: ${conditions} } } };`;
      await writeFile(join(folder, 'vitest.config.mjs'), config);
      const report = join(folder, 'report.json');
      const args = [
        join(root, 'node_modules/vitest/vitest.mjs'),
        'run',
        file,
        '--reporter=json',
        `--outputFile=${report}`,
      ];
      const options = { cwd: folder, env: withoutVitest(process.env), timeout: RUN_TIMEOUT_MS };
      await run(process.execPath, args, options).catch((error: unknown) => {
        if (!existsSync(report)) throw error;
      });
      const { testResults } = JSON.parse(await readFile(report, 'utf8')) as Report;
      return testResults.flatMap(({ assertionResults }) => assertionResults);
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

interface Report {
  readonly testResults: readonly { readonly assertionResults: readonly TestEnd[] }[];
}

/** A test runner that is started by a test would take itself for one of its workers. */
function withoutVitest(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(VITEST|TEST$|NODE_ENV$)/.test(name)));
}

/** The workspace's own rules, without those about how its packages are published, and with the decorators of Nest. */
function tsconfig(): object {
  const compilerOptions = {
    isolatedDeclarations: false,
    declaration: false,
    noUnusedLocals: false,
    erasableSyntaxOnly: false,
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
  };
  return { extends: join(root, 'tsconfig.base.json'), compilerOptions, include: ['**/*.ts'] };
}

function linesOf(error: unknown): readonly string[] {
  const { stdout = '', stderr = '' } = error as { readonly stdout?: string; readonly stderr?: string };
  const lines = `${stdout}${stderr}`.split('\n').filter((line) => line.trim() !== '');
  return lines.length > 0 ? lines : [String(error)];
}
