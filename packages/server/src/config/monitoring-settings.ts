import { HEALTH_STATUS_ACCESS, type HealthStatusAccess } from './health-status.ts';
import { choiceSetting, portSetting, textSetting } from './setting-kinds.ts';
import type { Settings } from './settings.ts';

/** What a server shows of itself to those who operate it. */
export interface MonitoringConfig {
  /** Null: no metrics are served. 0 takes any free port. */
  readonly metricsPort: number | null;
  /** Null: the address of the API. */
  readonly metricsHost: string | null;
  readonly healthStatus: HealthStatusAccess;
}

/** The settings of {@link MonitoringConfig}. */
export const MONITORING_SETTINGS: Settings<MonitoringConfig> = {
  metricsPort: {
    ...portSetting({
      flag: 'metrics-port',
      env: 'RESERVATIONS_METRICS_PORT',
      min: 0,
      default: 0,
      description: 'Port on which GET /metrics is answered; 0 takes any free one. Without it, nothing is measured',
    }),
    default: null,
  },
  metricsHost: textSetting({
    flag: 'metrics-host',
    env: 'RESERVATIONS_METRICS_HOST',
    value: 'ADDRESS',
    default: null,
    description: 'Address of the port for metrics; without it, that of --host',
  }),
  healthStatus: choiceSetting({
    flag: 'health-status',
    env: 'RESERVATIONS_HEALTH_STATUS',
    choices: HEALTH_STATUS_ACCESS,
    default: 'loopback',
    description:
      'Which requests for GET /health/status are answered: off (none), loopback (from this machine, not through a proxy), or on (all)',
  }),
};
