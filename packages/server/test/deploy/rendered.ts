import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';

/** A variable of a container: its value, or where that comes from. */
interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: unknown;
}

/** The part of a container that the tests read. */
export interface Container {
  readonly name: string;
  readonly args: readonly string[];
  readonly env?: readonly Variable[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly lifecycle?: { readonly preStop: { readonly sleep: { readonly seconds: number } } };
  readonly securityContext: unknown;
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string; readonly subPath?: string }[];
  readonly startupProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly readinessProbe?: Probe;
}

/** The part of a probe that the tests read. */
interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string; readonly scheme: string };
}

/** The part of a pod that the tests read. */
export interface PodSpec {
  readonly terminationGracePeriodSeconds?: number;
  readonly automountServiceAccountToken: boolean;
  readonly enableServiceLinks: boolean;
  readonly securityContext: unknown;
  readonly containers: readonly [Container];
  readonly volumes: readonly { readonly name: string; readonly secret?: unknown }[];
}

/** The part of an object of Kubernetes that the tests read. */
export interface KubernetesObject {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: {
    readonly replicas?: number;
    readonly ports?: readonly { readonly targetPort: string }[];
    readonly strategy?: { readonly type: string };
    readonly template?: { readonly spec: PodSpec };
  };
}

/** Returns the objects of a set of values, as helm renders them. */
export function renderedObjects(name: string): readonly KubernetesObject[] {
  const path = fileURLToPath(new URL(`../../../../deploy/helm/rendered/${name}.yaml`, import.meta.url));
  return parseAllDocuments(readFileSync(path, 'utf8'))
    .map((document) => document.toJS() as KubernetesObject | null)
    .filter((object) => object !== null);
}

/** Returns the only object of a kind with a name that ends so. @throws {Error} when there is none. */
export function objectOf(name: string, kind: string, suffix = ''): KubernetesObject {
  const found = renderedObjects(name).find((one) => one.kind === kind && one.metadata.name.endsWith(suffix));
  if (found === undefined) throw new Error(`${name}: no ${kind} …${suffix}`);
  return found;
}

/** Returns the pod that a Deployment or Job makes. @throws {Error} when there is none. */
export function podOf(object: KubernetesObject): PodSpec {
  const pod = object.spec?.template?.spec;
  if (pod === undefined) throw new Error(`${object.kind} ${object.metadata.name} makes no pods`);
  return pod;
}

/** Returns the environment of a container. A variable from a Secret has the value that `secret` gives. */
export function environmentOf(name: string, container: Container, secret: string): Readonly<Record<string, string>> {
  const own = (container.env ?? []).map(({ name: key, value = secret }) => [key, value] as const);
  const settings = container.name === 'server' ? (objectOf(name, 'ConfigMap').data ?? {}) : {};
  return { ...settings, ...Object.fromEntries(own) };
}
