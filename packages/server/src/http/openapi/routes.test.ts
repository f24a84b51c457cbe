import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createHandler } from '../handler.ts';
import { startService } from '../service-fixture.ts';
import { PAGE_FILES, PAGE_HEADERS, pageHtml } from './page.ts';

const committed = JSON.parse(
  readFileSync(new URL('../../../../../docs/openapi.json', import.meta.url), 'utf8'),
) as Readonly<Record<string, unknown>>;

const FILES = Object.entries(PAGE_FILES);

describe('the document', () => {
  test('is the one of docs/openapi.json, and any page may read it', async () => {
    const { server } = await startService();
    const answer = await fetch(`${server.url}/openapi.json`);
    expect([answer.status, await answer.json()]).toEqual([200, committed]);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'application/json',
      'cache-control': 'no-cache',
      etag: expect.stringMatching(/^"[\w-]{43}"$/),
      'access-control-allow-origin': '*',
    });
  });

  test('names the path below which the service is reached', async () => {
    const { server } = await startService({ basePath: '/booking' });
    for (const path of ['/booking/openapi.json', '/openapi.json']) {
      const answer = await fetch(server.url + path);
      expect(await answer.json()).toEqual({ ...committed, servers: [{ url: '/booking' }] });
    }
  });

  test('names the path where an application has mounted the service, each time', async () => {
    const service = await startService();
    const port = await mountBelow(service);
    const serversAt = async (path: string): Promise<unknown> =>
      ((await (await fetch(`http://127.0.0.1:${port}${path}/openapi.json`)).json()) as { readonly servers?: unknown })
        .servers;
    expect(await serversAt('/a')).toEqual([{ url: '/a' }]);
    expect(await serversAt('/b')).toEqual([{ url: '/b' }]);
    expect(await serversAt('')).toBeUndefined();
  });
});

/** Mounts the service below any first segment, as Express does: the path is cut from `url` and kept in `baseUrl`. */
async function mountBelow({ store }: Pick<Awaited<ReturnType<typeof startService>>, 'store'>): Promise<number> {
  const reservations = { create: unused, get: unused, history: unused, list: unused, isOverloaded: () => false };
  const handler = createHandler({ reservations, store, auth: 'none' });
  const server = createServer((request: IncomingMessage & { baseUrl?: string }, response) => {
    const [, base = '', rest = ''] = /^(.*)(\/openapi\.json)$/.exec(request.url ?? '') ?? [];
    Object.assign(request, { baseUrl: base, url: rest });
    handler(request, response);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return (server.address() as AddressInfo).port;
}

function unused(): Promise<never> {
  return Promise.reject(new Error('unused'));
}

describe('the page', () => {
  test.each([
    ['/docs', 'docs/'],
    ['/docs/', ''],
  ])('at %s loads its files from %j, and nothing that is written in it is executed', async (path, folder) => {
    const { server } = await startService();
    const answer = await fetch(server.url + path);
    const html = await answer.text();
    expect([answer.status, html]).toEqual([200, pageHtml(folder)]);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      ...Object.fromEntries(Object.entries(PAGE_HEADERS).map(([name, value]) => [name.toLowerCase(), value])),
    });
    const links = [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, link = '']) => link);
    expect(links.filter((link) => link !== 'data:,').toSorted()).toEqual(
      FILES.map(([name]) => folder + name).toSorted(),
    );
    expect(html).not.toMatch(/<style|style=|<script(?! src)|\son\w+=/);
  });

  test('lets scripts, styles and requests come from and go to its server only', () => {
    const policy = PAGE_HEADERS['Content-Security-Policy'] ?? '';
    expect(policy.split('; ')).toEqual(
      expect.arrayContaining(["default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'"]),
    );
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
  });

  test('has its files, below a base path too, and no others', async () => {
    const service = await startService({ basePath: '/booking' });
    for (const [name, contentType] of FILES) {
      const answer = await fetch(`${service.server.url}/booking/docs/${name}`);
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, contentType]);
      expect((await answer.text()).length).toBeGreaterThan(100);
    }
    for (const other of ['LICENSE', 'package.json', '..%2Fpackage.json', 'constructor', 'a/b']) {
      const answer = await service.request(`/docs/${other}`);
      expect([answer.status, answer.body['code']]).toEqual([404, 'not_found']);
    }
  });
});

test('a client that has a text gets 304; HEAD is like GET, and there is no other method', async () => {
  const { server } = await startService();
  for (const path of ['/openapi.json', '/docs', ...FILES.map(([name]) => `/docs/${name}`)]) {
    const url = server.url + path;
    const get = await fetch(url);
    const etag = get.headers.get('etag') ?? '';
    for (const known of [etag, `"other", W/${etag}`, '*']) {
      const current = await fetch(url, { headers: { 'If-None-Match': known } });
      expect([current.status, current.headers.get('etag'), (await current.text()).length]).toEqual([304, etag, 0]);
    }
    expect((await fetch(url, { headers: { 'If-None-Match': '"other"' } })).status).toBe(200);

    const head = await fetch(url, { method: 'HEAD' });
    const fixed = ({ headers }: Response): readonly (string | null)[] =>
      ['content-type', 'content-length', 'etag', 'content-security-policy'].map((name) => headers.get(name));
    expect([head.status, fixed(head), await head.text()]).toEqual([200, fixed(get), '']);

    const post = await fetch(url, { method: 'POST' });
    expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS']);
  }
});
