import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { SUPPORTED_NODE, unsupportedNode } from './supported-node.ts';

test.each(['22.14.0', '22.22.1', '24.0.0', '24.21.0', '26.0.0', '27.1.0', '100.0.0', '26.0.0-nightly20260101'])(
  'Node %s is supported',
  (version) => {
    expect(unsupportedNode(version)).toBeNull();
  },
);

test.each(['0.12.18', '8.17.0', '16.20.2', '18.20.8', '20.20.2', '21.7.3', '22.13.1', '23.11.0', '25.2.0', ''])(
  'Node %s is not, and one line says which ones are',
  (version) => {
    expect(unsupportedNode(version)).toBe(`Node ^22.14 || ^24 || >=26 is needed, this is Node ${version}`);
  },
);

test.each(['core', 'server'])('the manifest of %s names the same versions', (name) => {
  const manifest: unknown = JSON.parse(readFileSync(new URL(`../../${name}/package.json`, import.meta.url), 'utf8'));
  expect(manifest).toMatchObject({ engines: { node: SUPPORTED_NODE } });
});
