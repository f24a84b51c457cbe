import { dirname } from 'node:path/posix';
import { expect, test } from 'vitest';
import { SERVER_SETTINGS } from '../../src/compose/drivers.ts';
import { configNotes, type Config, readConfig } from '../../src/config/config.ts';
import { type AnySetting, variablesOf } from '../../src/config/settings.ts';
import { findCommand } from '../../src/cli/help/find-command.ts';
import { COMMANDS } from '../../src/cli/run.ts';
import { environmentOf, objectOf, podOf, renderedObjects } from './rendered.ts';

const URL_IN_SECRET = 'postgres://shop:secret@db.internal/shop?sslmode=verify-full';

const SETS = ['sqlite', 'postgres', 'aks', 'everything'] as const;

type ValueSet = (typeof SETS)[number];

function serverOf(name: ValueSet): ReturnType<typeof podOf> {
  return podOf(objectOf(name, 'Deployment'));
}

function environment(name: ValueSet): Readonly<Record<string, string>> {
  return environmentOf(name, serverOf(name).containers[0], URL_IN_SECRET);
}

/** The configuration that the server of a set of values has. */
function configOf(name: ValueSet): Config {
  const read = readConfig(SERVER_SETTINGS, { args: [], env: environment(name) });
  if (read.kind === 'faults') throw new Error(read.faults.join('\n'));
  return read.values;
}

test.each(SETS)('the server takes the environment of the chart with the values %s, without a note', (name) => {
  const config = configOf(name);
  expect(config).toMatchObject({ host: '0.0.0.0', port: 8000, sandbox: false });
  expect(config.db).toMatchObject(
    name === 'sqlite' ? { kind: 'sqlite', path: '/data/reservations.db' } : { kind: 'postgres', url: URL_IN_SECRET },
  );
  expect(config.requireSchema).toBe(name !== 'sqlite');
  expect(configNotes(SERVER_SETTINGS, config, { args: [], env: environment(name) })).toEqual([]);
});

test('the settings of the values reach the server', () => {
  expect(configOf('everything')).toMatchObject({
    paymentHost: 'payments.internal',
    paymentPort: 9000,
    paymentTls: true,
    paymentBalancing: 'round-robin',
    paymentServerName: 'payments.example.com',
    dbPool: 5,
    dbNotify: true,
    logLevel: 'debug',
    keepAliveTimeoutMs: 3_660_000,
    metricsPort: 9999,
    drainDelayMs: 20_000,
    shutdownTimeoutMs: 25_000,
  });
});

/** Variables that the server reads and that are no settings: libpq's, and Node's. */
const OTHER_VARIABLES = ['PGSSLMODE', 'PGSSLROOTCERT', 'NODE_EXTRA_CA_CERTS'];

test.each(SETS)('every variable of the chart with the values %s is one that the server reads', (name) => {
  const known = new Set([...Object.values<AnySetting>(SERVER_SETTINGS).flatMap(variablesOf), ...OTHER_VARIABLES]);
  expect(Object.keys(environment(name)).filter((variable) => !known.has(variable))).toEqual([]);
});

/** The steps of a stop beyond its two settings, in the table of docs/operations.md. */
const OTHER_STEPS_SECONDS = 15;

test.each(SETS)('a pod with the values %s has the time that its server takes to stop', (name) => {
  const { terminationGracePeriodSeconds, containers } = serverOf(name);
  const { drainDelayMs, shutdownTimeoutMs } = configOf(name);
  const preStopSeconds = containers[0].lifecycle?.preStop.sleep.seconds ?? 0;
  expect(preStopSeconds).toBeGreaterThan(0);
  expect(terminationGracePeriodSeconds).toBeGreaterThanOrEqual(
    preStopSeconds + (drainDelayMs + shutdownTimeoutMs) / 1_000 + OTHER_STEPS_SECONDS,
  );
});

test('a server on SQLite is alone: one replica, which ends before the next one starts, on a claim that is kept', () => {
  expect(objectOf('sqlite', 'Deployment').spec).toMatchObject({ replicas: 1, strategy: { type: 'Recreate' } });
  expect(serverOf('sqlite').volumes).toContainEqual({
    name: 'data',
    persistentVolumeClaim: { claimName: 'reservations-data' },
  });
  expect(serverOf('sqlite').containers[0].volumeMounts).toContainEqual({ name: 'data', mountPath: '/data' });
  const { annotations } = objectOf('sqlite', 'PersistentVolumeClaim').metadata;
  expect(annotations).toEqual({ 'helm.sh/resource-policy': 'keep' });
  expect(renderedObjects('sqlite').map(({ kind }) => kind)).not.toContain('Job');
});

test.each(['postgres', 'aks', 'everything'] as const)(
  'with the values %s the tables are made before the servers of a release start, by a command that there is',
  (name) => {
    const job = objectOf(name, 'Job', '-migration');
    expect(job.metadata.annotations).toMatchObject({ 'helm.sh/hook': 'pre-install,pre-upgrade' });
    const [container] = podOf(job).containers;
    const found = findCommand(container.args, COMMANDS);
    expect(found).toMatchObject({ kind: 'command', command: { name: 'migrate up' }, args: [] });
    expect(environmentOf(name, container, URL_IN_SECRET)).toMatchObject({ RESERVATIONS_DB: URL_IN_SECRET });
    expect(objectOf(name, 'Deployment').spec?.strategy?.type).toBe('RollingUpdate');
  },
);

test('the number of servers is left to the autoscaler', () => {
  expect(objectOf('aks', 'HorizontalPodAutoscaler').kind).toBe('HorizontalPodAutoscaler');
  expect(objectOf('aks', 'Deployment').spec?.replicas).toBeUndefined();
  expect(objectOf('postgres', 'Deployment').spec?.replicas).toBe(2);
});

test.each(SETS)('pods with the values %s meet the restricted security standard, with a read-only root', (name) => {
  const pods = renderedObjects(name)
    .filter(({ kind }) => kind === 'Deployment' || kind === 'Job')
    .map(podOf);
  expect(pods).toHaveLength(name === 'sqlite' ? 1 : 2);
  for (const pod of pods) {
    expect(pod).toMatchObject({ automountServiceAccountToken: false, enableServiceLinks: false });
    expect(pod.securityContext).toMatchObject({
      runAsNonRoot: true,
      runAsUser: 1000,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(pod.containers[0].securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
  }
});

test.each(SETS)('probes with the values %s ask the port of the API for its health', (name) => {
  const [{ ports, startupProbe, livenessProbe, readinessProbe }] = serverOf(name).containers;
  expect(ports?.find((port) => port.name === 'http')?.containerPort).toBe(configOf(name).port);
  expect(startupProbe).toMatchObject({ httpGet: { path: '/health/live', port: 'http' } });
  expect(livenessProbe).toMatchObject({ httpGet: { path: '/health/live', port: 'http' } });
  expect(readinessProbe).toMatchObject({ httpGet: { path: '/health/ready', port: 'http' } });
});

test.each(SETS)(
  'metrics with the values %s are on a port of their own, which the Service of the API does not have',
  (name) => {
    const [{ ports = [] }] = serverOf(name).containers;
    expect(ports.find((port) => port.name === 'metrics')?.containerPort).toBe(configOf(name).metricsPort);
    expect(objectOf(name, 'Service', 'reservations').spec?.ports?.map(({ targetPort }) => targetPort)).toEqual([
      'http',
    ]);
    expect(objectOf(name, 'Service', '-metrics').spec).toMatchObject({ clusterIP: 'None' });
  },
);

test('each file of a certificate that the server is told of lies in a Secret that is mounted as a folder', () => {
  const files = Object.values(environment('everything')).filter((value) => value.startsWith('/etc/reservations/'));
  expect(files).toHaveLength(6);
  const { containers, volumes } = serverOf('everything');
  const secrets = new Set(volumes.filter((volume) => volume.secret !== undefined).map((volume) => volume.name));
  const mounts = (containers[0].volumeMounts ?? []).filter(
    (mount) => secrets.has(mount.name) && mount.subPath === undefined,
  );
  const folders = new Set(mounts.map(({ mountPath }) => mountPath));
  expect(files.filter((file) => !folders.has(dirname(file)))).toEqual([]);
});

test('probes use TLS when the server does', () => {
  expect(serverOf('everything').containers[0].readinessProbe?.httpGet.scheme).toBe('HTTPS');
  expect(serverOf('postgres').containers[0].readinessProbe?.httpGet.scheme).toBe('HTTP');
});

test.each(SETS)('the chart with the values %s holds no secret', (name) => {
  expect(renderedObjects(name).filter(({ kind }) => kind === 'Secret')).toEqual([]);
});
