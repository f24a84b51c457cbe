import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStream } from '../../src/http/events/stream-fixture.ts';
import { GIVEN_PARTS, servedProgramOf, startServed, TELL_ADDRESS } from './served-program.ts';
import { createSnippetProject, type SnippetProject } from './snippet-project.ts';
import { pages, root, type Snippet, snippetsOf } from './snippets.ts';
import { type Treatment, treatmentOf } from './typescript-snippets.ts';

type Serve = Extract<Treatment, { readonly kind: 'serve' }>;

const served = pages()
  .flatMap(snippetsOf)
  .flatMap((snippet) => {
    const treatment = /^(ts|js)$/.test(snippet.language) ? treatmentOf(snippet) : null;
    return treatment?.kind === 'serve' ? [{ snippet, treatment }] : [];
  });

/**
 * Options of the compiler in an application that `nest new` of @nestjs/schematics 12 makes, without the check of types,
 * which is made for all snippets at once.
 */
const NEST_OPTIONS = {
  module: 'nodenext',
  moduleResolution: 'nodenext',
  esModuleInterop: true,
  isolatedModules: true,
  emitDecoratorMetadata: true,
  experimentalDecorators: true,
  target: 'ES2023',
  noCheck: true,
  noResolve: true,
  types: [],
};

let project: SnippetProject;

beforeAll(async () => {
  project = await createSnippetProject();
  await project.write('given-parts.ts', GIVEN_PARTS);
  await project.write('tell-address.mjs', TELL_ADDRESS);
  await Promise.all(
    served.map(({ snippet, treatment }) =>
      project.write(fileOf(snippet, treatment), servedProgramOf(snippet.text, treatment)),
    ),
  );
});

afterAll(() => project.remove());

function fileOf({ line }: Snippet, { as }: Serve): string {
  return `${as}-${line}.${as === 'commonjs' ? 'cjs' : 'ts'}`;
}

/** Compiles a snippet with decorators and their metadata; resolves with the name of the result. */
async function build(file: string): Promise<string> {
  await mkdir(join(project.folder, 'built'));
  await project.write('built/tsconfig.json', JSON.stringify({ compilerOptions: NEST_OPTIONS, files: [`../${file}`] }));
  const tsc = join(root, 'node_modules/.bin/tsc');
  await promisify(execFile)(tsc, ['--project', 'built/tsconfig.json'], { cwd: project.folder });
  return file.replace(/ts$/, 'js');
}

/** What each framework does at the end of its stop. */
function endOf({ as }: Serve): number | string {
  return as === 'decorated' ? 'SIGTERM' : 0;
}

test('every framework of the page has a program', () => {
  const page = served.filter(({ snippet }) => snippet.page === 'docs/embedding.md');
  const imports = page.map(({ snippet, treatment }) => {
    const framework = /from '(express|koa|fastify|@nestjs\/core|hono)'/.exec(snippet.text)?.[1] ?? 'node:http';
    return `${framework} ${treatment.as}`;
  });
  expect(imports).toEqual([
    'node:http module',
    'node:http commonjs',
    'express module',
    'koa module',
    'fastify module',
    '@nestjs/core decorated',
    'hono module',
  ]);
});

describe('a program reserves below its path, and ends at SIGTERM when requests and streams have ended', () => {
  test.each(served.map(({ snippet, treatment }) => [snippet.at, snippet, treatment] as const))(
    '%s',
    async (_at, snippet, treatment) => {
      const file = fileOf(snippet, treatment);
      const program = await startServed(project, treatment.as === 'decorated' ? await build(file) : file);
      const base = treatment.path === '/' ? '' : treatment.path;
      const at = program.origin + base;
      const post = (user: string): Promise<Response> =>
        fetch(`${at}/reservations`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify({ user_id: user, amount: '10.50' }),
        });

      const made = await post('ada');
      const location = String(made.headers.get('Location'));
      expect([made.status, await made.json()]).toMatchObject([200, { status: 'RESERVATION_CONFIRMED', amount: 10.5 }]);
      expect(location).toMatch(new RegExp(`^${base}/reservations/RES-`));
      expect(await (await fetch(program.origin + location)).json()).toMatchObject({ user_id: 'ada' });
      if (treatment.as === 'decorated') {
        const beside = await fetch(`${program.origin}/orders/${location.split('/').at(-1)}/payment`);
        expect(await beside.json()).toEqual({ status: 'RESERVATION_CONFIRMED' });
      }

      const held = post('held');
      await program.charging;
      const stream = openStream(Number(new URL(program.origin).port), `${base}/events?after=0`);
      await stream.has('event: RESERVATION_CONFIRMED');
      const ended = program.terminate();
      // The hint when to connect again, and the last chunk of the body.
      await stream.has(/\nretry: 2000\n\n\r\n0\r\n\r\n$/);
      expect(program.told).toEqual([]);
      program.endCharge();
      const answer = await held;
      expect([answer.status, await answer.json()]).toMatchObject([200, { user_id: 'held' }]);
      expect(await ended).toEqual({ end: endOf(treatment), stderr: '' });
      expect(program.told).toEqual(['gateway closed', 'store closed']);
    },
  );
});
