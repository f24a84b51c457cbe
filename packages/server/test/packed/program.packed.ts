import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { describe, expect, onTestFinished, test } from 'vitest';
import { installProjects, manifestOf } from './packed-entries.ts';
import type { Project } from './sandbox-project.ts';

const projects = installProjects();

test('npx reservations-server --version prints the version of the package', async () => {
  const printed = await projects.everything.run('npx', ['--no-install', 'reservations-server', '--version']);
  expect(printed.trim()).toBe(manifestOf('packages/server').version);
});

test('npx reservations-server --sandbox reserves, shows its documentation, and stops by SIGTERM with exit code 0', async () => {
  const args = ['--sandbox', '--port', '0', '--db', 'tmp.db'];
  const server = projects.everything.start(join('node_modules', '.bin', 'reservations-server'), args);
  const exited = once(server, 'exit');
  try {
    const url = await announcedUrl(server.stderr);
    const response = await fetch(`${url}/reservations`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ user_id: 'ada', amount: 12.5, currency: 'EUR' }),
    });
    expect([response.status, await response.json()]).toMatchObject([
      200,
      { status: 'RESERVATION_CONFIRMED', user_id: 'ada', amount: 12.5, currency: 'EUR' },
    ]);
    for (const path of ['openapi.json', 'docs', 'docs/swagger-ui.css', 'docs/swagger-ui-bundle.js', 'docs/page.js']) {
      expect([path, (await fetch(`${url}/${path}`)).status]).toEqual([path, 200]);
    }
    server.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
  } finally {
    server.kill('SIGKILL');
  }
});

describe('on a Node that is too old', () => {
  const MESSAGE = 'Node ^22.14 || ^24 || >=26 is needed, this is Node 20.20.2';

  /** Arguments of node that make it say that it is Node 20, and tell on standard error which files it loads. */
  async function oldNode(project: Project): Promise<readonly string[]> {
    const file = 'old-node.cjs';
    await project.write(
      file,
      `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } });
      require('node:module').registerHooks({
        load: (url, context, next) => (process.stderr.write('loads ' + url + '\\n'), next(url, context)),
      });`,
    );
    return ['--require', join(project.folder, file)];
  }

  test('the server says in one line which one is needed, exits with 2, and has loaded nothing else', async () => {
    const main = join('node_modules', '@reservations', 'server', 'dist', 'main.js');
    const server = projects.everything.start('node', [
      ...(await oldNode(projects.everything)),
      main,
      '--sandbox',
      '--port',
      '0',
    ]);
    const exited = once(server, 'exit');
    const [out, err] = await Promise.all([linesOf(server.stdout), linesOf(server.stderr)]);
    expect([await exited, out]).toEqual([[2, null], []]);
    expect(err.filter((line) => !line.startsWith('loads '))).toEqual([`reservations-server: ${MESSAGE}`]);
    const loaded = err.filter((line) => /^loads file:.*node_modules/.test(line)).map((line) => line.split('/').at(-1));
    expect(loaded).toEqual(['main.js', 'supported-node.js', expect.stringMatching(/^chunk-/), expect.any(String)]);
  });

  test('the SQLite adapter says so before it loads the driver, which would crash', async () => {
    const driver = join(projects.coreAlone.folder, 'node_modules', 'better-sqlite3');
    onTestFinished(() => rm(driver, { recursive: true }));
    await mkdir(driver);
    await writeFile(join(driver, 'package.json'), '{ "name": "better-sqlite3", "main": "index.js" }');
    await writeFile(join(driver, 'index.js'), "console.log('the driver runs'); module.exports = class {};");
    const program = ['--input-type=module', '--eval', "await import('@reservations/core/sqlite')"];
    expect(await projects.coreAlone.run('node', program)).toBe('the driver runs\n');
    const failure = projects.coreAlone.run('node', [...(await oldNode(projects.coreAlone)), ...program]);
    await expect(failure).rejects.toThrow(`@reservations/core: ${MESSAGE}`);
    await expect(failure).rejects.not.toThrow('the driver runs');
  });

  test.each(['postgres', 'grpc'])('the adapter %s says so', async (name) => {
    const program = ['--input-type=module', '--eval', `await import('@reservations/core/${name}')`];
    await expect(
      projects.everything.run('node', [...(await oldNode(projects.everything)), ...program]),
    ).rejects.toThrow(MESSAGE);
  });
});

async function linesOf(stream: Readable | null): Promise<readonly string[]> {
  const lines: string[] = [];
  if (stream !== null) for await (const line of createInterface({ input: stream })) lines.push(line);
  return lines;
}

/** The address in the line "listening on http://…". */
async function announcedUrl(stderr: Readable | null): Promise<string> {
  const seen: string[] = [];
  if (stderr !== null) {
    for await (const line of createInterface({ input: stderr })) {
      const url = /listening on (http:\/\/\S+)/.exec(line)?.[1];
      if (url !== undefined) return url;
      seen.push(line);
    }
  }
  throw new Error(`the server ended without saying where it listens:\n${seen.join('\n')}`);
}
