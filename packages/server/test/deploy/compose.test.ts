import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { findCommand } from '../../src/cli/help/find-command.ts';
import { COMMANDS } from '../../src/cli/run.ts';
import { SERVER_SETTINGS } from '../../src/compose/drivers.ts';
import { readConfig } from '../../src/config/config.ts';
import { variablesOf } from '../../src/config/settings.ts';

const ROOT = new URL('../../../../', import.meta.url);

interface ComposeService {
  readonly image: string;
  readonly build?: string;
  readonly command?: readonly string[];
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly networks: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly deploy?: { readonly replicas: number };
  readonly stop_grace_period?: string;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}

interface ComposeFile {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly networks?: Readonly<Record<string, { readonly internal?: boolean }>>;
}

const read = (path: string): Promise<string> => readFile(new URL(path, ROOT), 'utf8');
const readYaml = async (path: string): Promise<unknown> => parse(await read(path), { merge: true }) as unknown;
const plain = (await readYaml('compose.yaml')) as ComposeFile;
const monitoring = (await readYaml('compose.monitoring.yaml')) as ComposeFile;
const { server, migration, sandbox, postgres, balancer } = plain.services;
const all = Object.entries({ ...plain.services, ...monitoring.services });

test('nothing but port 8000 of the balancer is published, and Grafana to this machine alone', () => {
  const published = all.flatMap(([name, { ports = [] }]) => ports.map((port) => `${name} ${port}`));
  expect(published).toEqual(['balancer 8000:8000', 'grafana 127.0.0.1:3000:3000']);
  expect([postgres?.networks, plain.networks?.['back']]).toEqual([['back'], { internal: true }]);
});

test('two servers start after the migration and the sandbox, the balancer after them', () => {
  expect(server?.deploy).toEqual({ replicas: 2 });
  const conditions = [balancer, server, migration].map((service) =>
    Object.entries(service?.depends_on ?? {}).map(([name, { condition }]) => `${name} ${condition}`),
  );
  expect(conditions).toEqual([
    ['server service_healthy'],
    ['migration service_completed_successfully', 'sandbox service_healthy'],
    ['postgres service_healthy'],
  ]);
});

test('the commands are commands of the image', () => {
  const found = [server, migration, sandbox].map((service) => {
    const match = findCommand(service?.command ?? [], COMMANDS);
    return match.kind === 'command' ? match.command.name : match.kind;
  });
  expect(found).toEqual(['serve', 'migrate up', 'sandbox']);
});

test('the settings of the servers are ones that they take, and they are left the time to stop', () => {
  const env = Object.fromEntries(
    Object.entries(server?.environment ?? {}).map(([name, text]) => [name, text.replace(/^\$\{\w+:-(.*)\}$/, '$1')]),
  );
  const known = new Set([...Object.values(SERVER_SETTINGS).flatMap((setting) => variablesOf(setting)), 'PGPASSWORD']);
  expect(Object.keys(env).filter((name) => !known.has(name))).toEqual([]);
  const config = readConfig(SERVER_SETTINGS, { args: server?.command?.slice(1) ?? [], env });
  if (config.kind === 'faults') throw new Error(config.faults.join('\n'));
  const { db, requireSchema, paymentHost, drainDelayMs, shutdownTimeoutMs } = config.values;
  expect([db.kind, requireSchema, paymentHost]).toEqual(['postgres', true, 'sandbox']);
  expect(server?.stop_grace_period).toBe(`${(drainDelayMs + shutdownTimeoutMs) / 1_000 + 15}s`);
});

test('containers have no capabilities, and ours a read-only root', () => {
  const ours = [server, migration, sandbox, balancer];
  expect(ours.map((service) => [service?.read_only, service?.cap_drop])).toEqual(ours.map(() => [true, ['ALL']]));
  expect(all.map(([, { security_opt }]) => security_opt)).toEqual(all.map(() => ['no-new-privileges:true']));
});

test('images are built here or pinned by digest', () => {
  const free = all.filter(
    ([, { image, build }]) => build === undefined && !/:[\w.-]+@sha256:[0-9a-f]{64}$/.test(image),
  );
  expect(free.map(([name]) => name)).toEqual([]);
});

test('every file that is mounted is there', () => {
  const paths = all.flatMap(([, { volumes = [] }]) => volumes.filter((volume) => volume.startsWith('./')));
  expect(paths).toHaveLength(5);
  const missing = paths.map((path) => path.split(':')[0] ?? '').filter((path) => !existsSync(new URL(path, ROOT)));
  expect(missing).toEqual([]);
});

test('Prometheus finds every server on the port of the image, and Grafana finds Prometheus and the dashboard', async () => {
  const port = Number(/RESERVATIONS_METRICS_PORT=(\d+)/.exec(await read('Dockerfile'))?.[1]);
  expect(await readYaml('deploy/compose/prometheus.yml')).toMatchObject({
    rule_files: ['alerts.yml'],
    scrape_configs: [{ job_name: 'reservations', dns_sd_configs: [{ names: ['server'], type: 'A', port }] }],
  });
  expect(await readYaml('deploy/compose/grafana/datasources/prometheus.yaml')).toMatchObject({
    datasources: [{ type: 'prometheus', url: 'http://prometheus:9090', isDefault: true }],
  });
  expect(await readYaml('deploy/compose/grafana/dashboards/reservations.yaml')).toMatchObject({
    providers: [{ options: { path: '/var/lib/grafana/dashboards' } }],
  });
  expect(existsSync(new URL('deploy/monitoring/dashboards/reservations.json', ROOT))).toBe(true);
});

test('the balancer asks for readiness, never repeats a request that was sent, and waits for the longest answer', async () => {
  const config = await read('deploy/compose/haproxy.cfg');
  expect(config).toContain('option httpchk GET /health/ready');
  expect([...config.matchAll(/^ *retry-on (.*)$/gm)].map(([, when]) => when)).toEqual(['conn-failure']);
  expect(Number(/timeout server (\d+)s/.exec(config)?.[1])).toBeGreaterThan(27);
  const idleSeconds = Number(/timeout client (\d+)s/.exec(config)?.[1]);
  expect(idleSeconds * 1_000).toBeLessThan(SERVER_SETTINGS.keepAliveTimeoutMs.default);
});
