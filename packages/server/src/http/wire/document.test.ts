import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { expect, test } from 'vitest';
import { createDocument } from './document.ts';
import { OPERATIONS } from './operations.ts';

const path = fileURLToPath(new URL('../../../../../docs/openapi.json', import.meta.url));

const document = JSON.parse(JSON.stringify(createDocument())) as Readonly<Record<string, unknown>>;

test('docs/openapi.json is the document', async () => {
  const written = existsSync(path) ? readFileSync(path, 'utf8') : '{}';
  // Writes it with -u; otherwise the file as it is formatted counts.
  const isWritten = isDeepStrictEqual(JSON.parse(written), document);
  await expect(isWritten ? written : `${JSON.stringify(document, null, 2)}\n`).toMatchFileSnapshot(path);
});

test('every reference of the document leads somewhere', () => {
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, place = '']) => place);
  expect(references.length).toBeGreaterThan(50);
  const leadsNowhere = (place: string): boolean => place.split('/').reduce<unknown>(memberOf, document) === undefined;
  expect(references.filter(leadsNowhere)).toEqual([]);
});

function memberOf(value: unknown, name: string): unknown {
  return (value as Readonly<Record<string, unknown>> | undefined)?.[name];
}

test('operations have the ids that FastAPI makes of a name, the path and the method', () => {
  for (const { operationId, path, method } of Object.values(OPERATIONS)) {
    expect(operationId).toMatch(new RegExp(`^[a-z_]+${path.replaceAll(/\W/g, '_')}_${method}$`));
  }
});

test('below a mount path the document names it as its server, and nothing else changes', () => {
  const { servers, ...rest } = createDocument('/booking');
  expect([servers, JSON.parse(JSON.stringify(rest))]).toEqual([[{ url: '/booking' }], document]);
});
