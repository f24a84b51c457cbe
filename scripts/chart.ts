/**
 * Renders the Helm chart with each set of values, or checks it. Needs helm, and for the check kubeconform.
 *
 *   node scripts/chart.ts                    copies the alert rules into the chart and writes deploy/helm/rendered
 *   node scripts/chart.ts --check            changes nothing: lints, renders, compares with what is committed, validates
 *                                            and tries values that the chart must refuse; exits with 1 for a fault
 *   node scripts/chart.ts --check --schemas FOLDER   takes the schemas of Kubernetes from a folder, without a network
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import {
  ALERTS,
  ALERTS_OF_CHART,
  CHART,
  chartHash,
  RENDERED,
  renderedHeader,
  VALUE_SETS,
  type ValueSet,
} from './chart-files.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** The version of Kubernetes for which the output is rendered. */
const RENDERED_FOR = '1.34.0';

/** The versions of Kubernetes against which the output is validated: the oldest that the chart takes, and newer ones. */
const VALIDATED_FOR = ['1.30.0', RENDERED_FOR];

/** Values that the chart must refuse, with a part of its message. */
const REFUSED: readonly (readonly [values: readonly string[], message: string])[] = [
  [[], 'image: expected image.digest or image.tag, found neither'],
  [['image.tag=v1', 'replicas=2'], 'replicas: expected at most 1 with database.kind sqlite, found 2'],
  [['image.tag=v1', 'autoscaling.enabled=true'], 'autoscaling.enabled: expected false with database.kind sqlite'],
  [['image.tag=v1', 'database.kind=postgres'], 'database.postgres.existingSecret: expected the name of a Secret'],
  [['image.tag=v1', 'httpRoute.enabled=true'], 'httpRoute.parentRefs: expected at least one Gateway, found none'],
  [['image.tag=v1', 'ingress.enabled=true'], 'ingress.hosts: expected at least one host, found none'],
  [['image.tag=v1', 'auth=jwt', 'jwt.issuer=https://issuer.example'], 'jwt: expected issuer, audience, algorithms and'],
  [['image.tag=v1', 'jwt.audience=reservations'], 'jwt: expected auth: jwt with it, found auth: none'],
  [['image.tag=v1', 'auth=jwt', 'jwt.algorithms={HS256}'], "value must be one of 'RS256'"],
  [['image.tag=v1', 'workloadIdentity.enabled=true'], 'workloadIdentity.clientId: expected the client id'],
  [['image.tag=v1', 'payment.tls.existingCaSecret=ca'], 'payment.tls.enabled: expected true'],
  [['image.tag=v1', 'settings.PORT=80'], 'settings.PORT: the chart sets this variable itself'],
  [['image.tag=v1', 'replica=2'], "additional properties 'replica' not allowed"],
  [['image.tag=v1', 'database.postgres.pool=many'], 'got string, want integer'],
];

interface Run {
  readonly isDone: boolean;
  readonly output: string;
}

function run(command: string, args: readonly string[], input = ''): Run {
  try {
    return { isDone: true, output: execFileSync(command, args, { cwd: ROOT, encoding: 'utf8', input, stdio: 'pipe' }) };
  } catch (error) {
    const { stdout = '', stderr = '', message } = error as Error & { stdout?: string; stderr?: string };
    return { isDone: false, output: `${stdout}${stderr}`.trim() || message };
  }
}

function template(args: readonly string[]): Run {
  const names = ['reservations', CHART, '--namespace', 'reservations'];
  return run('helm', ['template', ...names, '--kube-version', RENDERED_FOR, ...args]);
}

function valueArguments({ values, set }: Pick<ValueSet, 'values' | 'set'>): readonly string[] {
  return ['--values', values, ...set.flatMap((one) => ['--set', one])];
}

/** The output of a set of values with its header. @throws {Error} when helm cannot render it. */
function render(valueSet: ValueSet, hash: string): string {
  const { isDone, output } = template(valueArguments(valueSet));
  if (!isDone) throw new Error(`${valueSet.name}: ${output}`);
  return `${renderedHeader(hash)}${output}`;
}

function fileOf({ name }: ValueSet): string {
  return `${RENDERED}/${name}.yaml`;
}

function lintFaults(valueSet: ValueSet): readonly string[] {
  const { isDone, output } = run('helm', ['lint', '--strict', CHART, ...valueArguments(valueSet)]);
  return isDone ? [] : [`${valueSet.name}: ${output}`];
}

function staleFaults(valueSet: ValueSet, hash: string): readonly string[] {
  const file = fileOf(valueSet);
  const isCurrent = readFileSync(join(ROOT, file), 'utf8') === render(valueSet, hash);
  return isCurrent ? [] : [`${file} is stale: run "pnpm chart" and commit the result`];
}

/** Schemas of Kubernetes come from a folder or from the network; those of custom resources are in this repository. */
function schemaFaults(rendered: string, schemas: string): readonly string[] {
  return VALIDATED_FOR.flatMap((version) => {
    const locations = [schemas, 'deploy/helm/schemas/{{.ResourceKind}}{{.KindSuffix}}.json'];
    const { isDone, output } = run(
      'kubeconform',
      [
        '-strict',
        '-summary',
        '-kubernetes-version',
        version,
        ...locations.flatMap((location) => ['-schema-location', location]),
      ],
      rendered,
    );
    console.log(`Kubernetes ${version}: ${output.trim()}`);
    return isDone ? [] : [`Kubernetes ${version}: the rendered output is not valid`];
  });
}

function refusalFaults(): readonly string[] {
  return REFUSED.flatMap(([values, message]) => {
    const { isDone, output } = template(values.flatMap((value) => ['--set', value]));
    if (!isDone && output.includes(message)) return [];
    return [`${values.join(' ')}: expected a refusal with "${message}", found ${isDone ? 'output' : output}`];
  });
}

const { values } = parseArgs({ options: { check: { type: 'boolean' }, schemas: { type: 'string' } } });
if (values.check !== true) copyFileSync(join(ROOT, ALERTS), join(ROOT, ALERTS_OF_CHART));
const hash = chartHash(ROOT);
if (values.check === true) {
  const faults = [
    ...VALUE_SETS.flatMap(lintFaults),
    ...VALUE_SETS.flatMap((valueSet) => staleFaults(valueSet, hash)),
    ...schemaFaults(VALUE_SETS.map((valueSet) => render(valueSet, hash)).join('\n'), values.schemas ?? 'default'),
    ...refusalFaults(),
  ];
  for (const fault of faults) console.error(fault);
  console.log(`${VALUE_SETS.length} sets of values, ${REFUSED.length} refusals: ${faults.length} faults`);
  process.exitCode = faults.length > 0 ? 1 : 0;
} else {
  for (const valueSet of VALUE_SETS) writeFileSync(join(ROOT, fileOf(valueSet)), render(valueSet, hash));
  console.log(`${VALUE_SETS.length} files written to ${RENDERED}`);
}
