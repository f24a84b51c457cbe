import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** Folder of the chart, from the root of the workspace. */
export const CHART = 'deploy/helm/reservations';

/** Folder of the rendered output, from the root of the workspace. */
export const RENDERED = 'deploy/helm/rendered';

/** Alert rules of Prometheus, from the root of the workspace. */
export const ALERTS = 'deploy/monitoring/alerts.yml';

/** Their copy in the chart, which can only read its own files. */
export const ALERTS_OF_CHART: string = `${CHART}/files/alerts.yml`;

/** What the rendered output is made from, beside {@link CHART}: values for the checks alone. */
const CHECKS = 'deploy/helm/checks';

/** A set of values whose rendered output is committed. */
export interface ValueSet {
  readonly name: string;
  /** File of the values, from the root of the workspace. */
  readonly values: string;
  /** Values that each installation sets for itself. */
  readonly set: readonly string[];
}

const IMAGE = [
  'image.repository=registry.example.com/reservation-service',
  `image.digest=sha256:${'0123456789abcdef'.repeat(4)}`,
];

/** The sets of values whose rendered output is committed. */
export const VALUE_SETS: readonly ValueSet[] = [
  { name: 'sqlite', values: `${CHART}/values-sqlite.yaml`, set: IMAGE },
  { name: 'postgres', values: `${CHART}/values-postgres.yaml`, set: IMAGE },
  {
    name: 'aks',
    values: `${CHART}/values-aks.yaml`,
    set: [
      ...IMAGE,
      'workloadIdentity.clientId=00000000-0000-0000-0000-000000000000',
      'httpRoute.hostnames[0]=reservations.example.com',
    ],
  },
  { name: 'everything', values: `${CHECKS}/everything.yaml`, set: [] },
];

/** Returns the SHA-256 of the names and texts of all files that the rendered output is made from, in hexadecimal. */
export function chartHash(root: string): string {
  const hash = createHash('sha256');
  const files = [CHART, CHECKS].flatMap((folder) => filesBelow(root, folder)).sort();
  for (const file of files) {
    const text = readFileSync(join(root, file));
    hash.update(`${file}\n${text.length}\n`).update(text);
  }
  return hash.digest('hex');
}

/** Returns the first line of rendered output, which names the hash of its chart. */
export function renderedHeader(hash: string): string {
  return `# Rendered by "pnpm chart" from the chart with the hash ${hash}. Not to be edited by hand.\n`;
}

function filesBelow(root: string, folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'));
}
