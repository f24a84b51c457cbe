import type { ComponentName } from '../../observe/state/status.ts';
import { instant, integer, list, nullable, object, type Schema, text, textLike, textOf } from '../wire/schema.ts';
import type { Readiness } from './readiness.ts';

/** The answer of `GET /`. */
export interface WireRoot {
  readonly message: string;
  readonly links: {
    readonly reservations: string;
    readonly health_live: string;
    readonly health_ready: string;
    readonly openapi: string;
    readonly docs: string;
  };
}

/** Schema of {@link WireRoot}. */
export const ROOT: Schema<WireRoot> = object<WireRoot>({
  message: text({ description: 'A greeting.' }),
  links: object<WireRoot['links']>({
    reservations: text({ description: 'Path of the reservations.' }),
    health_live: text({ description: 'Path of liveness.' }),
    health_ready: text({ description: 'Path of readiness.' }),
    openapi: text({ description: 'Path of the OpenAPI document.' }),
    docs: text({ description: 'Path of the interactive page.' }),
  }),
});

/** Schema of the answer of `GET /health/live`. */
export const LIVE: Schema<{ readonly status: 'alive' }> = object({
  status: textOf(['alive'], { description: 'The process answers.' }),
});

const NOT_READY = ['starting', 'draining', 'unavailable'] as const satisfies readonly Readiness[];

/** Schema of the answer of `GET /health/ready` when work may be sent here. */
export const READY: Schema<{ readonly status: 'ready' }> = object({
  status: textOf(['ready'], { description: 'Work may be sent here.' }),
});

/** Schema of the answer of `GET /health/ready` when no work may be sent here. */
export const UNREADY: Schema<{ readonly status: Exclude<Readiness, 'ready'> }> = object({
  status: textOf(NOT_READY, {
    description: 'The server starts, or stops, or its database cannot be written.',
  }),
});

/** Schema of a component. Facts are absent before the first sample. */
function component(states: readonly string[], facts: Readonly<Record<string, Schema>>): Schema {
  const common = {
    state: textLike([...states, 'unknown'], { description: 'The current state.' }),
    since: instant({ description: 'When this server has first seen the state.' }),
    sample_age_ms: nullable(integer({ description: 'Age of the sample; null before the first one.', minimum: 0 })),
  };
  const fault = text({ description: 'Why the last sample failed.' });
  return { type: 'object', properties: { ...common, fault, ...facts }, required: Object.keys(common) };
}

const count = (description: string): Schema<number> => integer({ description, minimum: 0 });

const SUBSCRIPTION: Schema = object({
  name: text({ description: 'Name of the subscription.' }),
  state: textLike(['running', 'stopped'], { description: 'An operator resumes a stopped one.' }),
  lag_events: count('Positions between the subscription and the end of the log.'),
});

const COMPONENTS: { readonly [Name in ComponentName]: Schema } = {
  store: component(['writable', 'not-writable'], {}),
  payment_service: component(['closed', 'open', 'half-open'], {
    connection: textLike(['idle', 'connecting', 'ready', 'transient-failure', 'shutdown', 'unknown'], {
      description: 'State of the connection.',
    }),
    running: count('Charges under way.'),
    running_max: count('Their maximum.'),
    queued: count('Charges that wait for their turn.'),
    queued_max: count('Their maximum.'),
  }),
  open_payments: component(['none', 'settling', 'escalated'], {
    processing: count('Payments whose request is under way.'),
    unresolved: count('Payments with an unknown outcome.'),
    escalated: count('Payments that an operator decides.'),
    oldest_age_seconds: count('Age of the oldest payment without a verdict; 0 for none.'),
  }),
  subscriptions: component(['none', 'running', 'stopped'], {
    subscriptions: list(SUBSCRIPTION, { description: 'The first 100 by name.' }),
  }),
};

/** Schema of the answer of `GET /health/status`. */
export const SERVER_STATUS: Schema = object({
  status: textOf(['ok', 'degraded'], {
    description: 'Degraded when a component is in another state than it should be.',
  }),
  components: object(COMPONENTS),
});
