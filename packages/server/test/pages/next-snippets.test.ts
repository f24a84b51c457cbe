import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeNextFiles } from './next-files.ts';
import { createSnippetProject, type SnippetProject } from './snippet-project.ts';

let project: SnippetProject;
let files: readonly string[];

beforeAll(async () => {
  project = await createSnippetProject();
  files = await writeNextFiles(project);
});

afterAll(() => project.remove());

/**
 * Calls the files as Next does: it evaluates shared modules once for the instrumentation and once for a route, imports
 * routes while it builds, and calls the function of a method with a request and the parameters of the path.
 */
const NEXT = `
import { registerHooks } from 'node:module';

let copies = 0;
// Each that was opened waits for the signal.
const engines = () => process.listenerCount('SIGTERM');
registerHooks({
  resolve(specifier, context, next) {
    const found = next(specifier, context);
    return specifier.endsWith('/lib/booking.ts') ? { ...found, url: found.url + '?copy=' + (copies += 1) } : found;
  },
});
const { default: config } = await import('./next.config.ts');
const route = await import('./app/api/booking/[[...path]]/route.ts');
const seen = { config, copies: 0, methods: Object.keys(route).sort(), enginesInBuild: engines() };
process.env.NEXT_RUNTIME = 'edge';
const { register } = await import('./instrumentation.ts');
await register();
seen.enginesAtTheEdge = engines();
process.env.NEXT_RUNTIME = 'nodejs';
await register();
seen.copies = copies;
const call = (method, path, body, headers) =>
  route[method](new Request('http://shop.example/api/booking' + path, { method, body, headers }), {
    params: Promise.resolve({ path: path.split('/').slice(1) }),
  });
const made = await call('POST', '/reservations', '{"user_id":"ada","amount":"10.50"}', { 'Content-Type': 'application/json' });
const location = made.headers.get('Location');
const shown = await call('GET', location.slice('/api/booking'.length));
const head = await call('HEAD', '/health/live');
const stream = await call('GET', '/events?after=0', undefined, { Accept: 'text/event-stream' });
seen.engines = engines();
process.kill(process.pid, 'SIGTERM');
Object.assign(seen, { made: made.status, location, shown: await shown.json(), head: head.status, stream: await stream.text() });
console.log(JSON.stringify(seen));
`;

test('the files of Next serve the API with one engine, which a build does not open and SIGTERM stops', async () => {
  expect(files).toEqual([
    'lib/booking.ts',
    'app/api/booking/[[...path]]/route.ts',
    'instrumentation.ts',
    'next.config.ts',
  ]);
  await project.write('next.mjs', NEXT);
  const { stdout, stderr } = await project.run('next.mjs');
  expect([JSON.parse(stdout), stderr]).toEqual([
    {
      config: { serverExternalPackages: ['@reservations/core', '@reservations/server'] },
      copies: 2,
      methods: ['GET', 'HEAD', 'OPTIONS', 'POST', 'dynamic'],
      enginesInBuild: 0,
      enginesAtTheEdge: 0,
      engines: 1,
      made: 200,
      location: expect.stringMatching(/^\/api\/booking\/reservations\/RES-/),
      shown: expect.objectContaining({ user_id: 'ada', amount: 10.5, status: 'RESERVATION_CONFIRMED' }),
      head: 200,
      stream: expect.stringMatching(/event: RESERVATION_CONFIRMED\n.*\nretry: 2000\n\n$/s),
    },
    '',
  ]);
});
