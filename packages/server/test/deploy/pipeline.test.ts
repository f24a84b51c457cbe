import { readdir, readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

const ROOT = new URL('../../../../', import.meta.url);
const FOLDER = new URL('.github/workflows/', ROOT);

interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly 'timeout-minutes'?: number;
  readonly environment?: string;
  readonly if?: string;
  readonly strategy?: { readonly matrix: { readonly node?: readonly number[] } };
  readonly steps: readonly {
    readonly uses?: string;
    readonly run?: string;
    readonly with?: Readonly<Record<string, unknown>>;
  }[];
}

interface Workflow {
  readonly name: string;
  readonly permissions?: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

const texts = await Promise.all(
  (await readdir(FOLDER)).sort().map(async (name) => [name, await readFile(new URL(name, FOLDER), 'utf8')] as const),
);
const workflows = new Map(texts.map(([name, text]) => [name, parse(text) as Workflow]));
const jobs = [...workflows].flatMap(([file, workflow]) =>
  Object.entries(workflow.jobs).map(([name, job]) => ({ name: `${file} ${name}`, job })),
);
const steps = jobs.flatMap(({ name, job }) => job.steps.map((step) => ({ name, step })));
const pipeline = workflows.get('ci-cd.yml')?.jobs ?? {};

test('there are a pipeline, a release and an analysis', () => {
  expect([...workflows.keys()]).toEqual(['ci-cd.yml', 'codeql.yml', 'release.yml']);
});

test('every action is pinned to a commit, with its release beside it, at one commit for each', () => {
  const uses = texts.flatMap(([, text]) => [...text.matchAll(/^\s*(?:- )?uses: (.*)$/gm)].map(([, what = '']) => what));
  expect(uses.length).toBe(steps.filter(({ step }) => step.uses !== undefined).length);
  expect(uses.filter((what) => !/^[\w-]+\/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(what))).toEqual([]);
  const repositories = new Map(uses.map((what) => [what, /^[\w-]+\/[\w-]+/.exec(what)?.[0]]));
  const pins = new Set([...repositories].map(([what, repository]) => `${repository} ${what.split('@')[1]}`));
  expect(pins.size).toBe(new Set(repositories.values()).size);
});

test('a workflow has no permission, and each job names its own and a time-out', () => {
  expect([...workflows.values()].map(({ permissions }) => permissions)).toEqual([{}, {}, {}]);
  const unbounded = jobs.filter(({ job }) => job.permissions === undefined || job['timeout-minutes'] === undefined);
  expect(unbounded.map(({ name }) => name)).toEqual([]);
});

test('only the jobs that publish, deploy or report may write', () => {
  const writing = jobs.flatMap(({ name, job }) => {
    const writes = Object.entries(job.permissions ?? {}).filter(([, level]) => level === 'write');
    return writes.length === 0 ? [] : [`${name}: ${writes.map(([what]) => what).join(', ')}`];
  });
  expect(writing).toEqual([
    'ci-cd.yml publish-docs: pages, id-token',
    'ci-cd.yml publish-image: packages',
    'ci-cd.yml deploy: id-token',
    'codeql.yml analyze: security-events',
    'release.yml version: contents, pull-requests',
    'release.yml publish: contents, id-token',
  ]);
});

test('no checkout leaves its token behind, and no script has an expression in it', () => {
  const checkouts = steps.filter(({ step }) => step.uses?.startsWith('actions/checkout@') === true);
  expect(checkouts.filter(({ step }) => step.with?.['persist-credentials'] !== false)).toEqual([]);
  expect(steps.filter(({ step }) => step.run?.includes('${{') === true)).toEqual([]);
});

test('secrets are not used: npm and Azure trust the workflows', () => {
  expect(texts.filter(([, text]) => text.includes('secrets.')).map(([name]) => name)).toEqual([]);
});

test('tests run on each release line of Node that is supported', async () => {
  const manifest = JSON.parse(await readFile(new URL('packages/server/package.json', ROOT), 'utf8')) as {
    readonly engines: { readonly node: string };
  };
  const lines = [...manifest.engines.node.matchAll(/(?:\^|>=)(\d+)/g)].map(([, major]) => Number(major));
  expect(pipeline['test']?.strategy?.matrix.node).toEqual(lines);
});

test('the image is built for both platforms, and pushed from main and releases of the server alone, with SBOM and provenance', () => {
  const builds = ['image', 'publish-image'].map((name) =>
    pipeline[name]?.steps.filter(({ uses }) => uses?.startsWith('docker/build-push-action@')).map((step) => step.with),
  );
  expect(builds).toEqual([
    [
      { context: '.', platforms: 'linux/amd64,linux/arm64', push: false },
      { context: '.', load: true, tags: 'reservation-service' },
    ],
    [
      expect.objectContaining({
        platforms: 'linux/amd64,linux/arm64',
        push: true,
        sbom: true,
        provenance: 'mode=max',
      }),
    ],
  ]);
  expect(pipeline['publish-image']?.if).toBe(
    "github.event_name == 'push' || startsWith(github.event.release.tag_name, '@reservations/server@')",
  );
});

test('a deployment waits for its variables and its reviewers, and names the image by digest', () => {
  const { deploy } = pipeline;
  expect(deploy?.if).toBe("vars.AZURE_CLIENT_ID != '' && vars.AKS_CLUSTER != ''");
  expect(deploy?.environment).toBe("${{ github.event_name == 'release' && 'production' || 'staging' }}");
  const [upgrade] = deploy?.steps.flatMap(({ run = '' }) => (run.includes('helm upgrade') ? [run] : [])) ?? [];
  expect(upgrade).toContain('--set image.digest="$DIGEST"');
  expect(upgrade).toContain('--atomic');
});
