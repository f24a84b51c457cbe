import type { Observer } from '@reservations/core';
import type { Config } from '../config/config.ts';
import type { MonitoringConfig } from '../config/monitoring-settings.ts';
import type { StatusOptions } from '../http/health/status-options.ts';
import { startMetricsServer } from '../http/metrics-server.ts';
import { createMetrics } from '../observe/metrics/metrics.ts';
import type { RequestMeter } from '../observe/requests.ts';
import type { ProcessState, SampledStore } from '../observe/state/monitored.ts';
import { createSampler } from '../observe/state/sampler.ts';
import { createStatusReport } from '../observe/state/status.ts';
import { packageVersion } from './package-version.ts';

/** What is measured while the parts of a service are opened. */
export interface Monitoring {
  readonly observer: Observer;
  /** Absent when nothing is measured. */
  readonly requests?: RequestMeter;
  /** Begins to sample a service whose parts are open. */
  begin(parts: MonitoredParts): RunningMonitoring;
}

/** The parts of a service that are monitored. */
export interface MonitoredParts {
  readonly store: SampledStore;
  readonly state: ProcessState;
}

/** Monitoring of a service that runs. */
export interface RunningMonitoring {
  /** Absent when `GET /health/status` is off. */
  readonly status?: StatusOptions;
  /**
   * Serves the metrics; resolves with their URL, or with null when they are off.
   * @throws {Error} when the address cannot be listened on.
   */
  serve(): Promise<string | null>;
  /** Ends sampling and stops the server of metrics. */
  stop(): Promise<void>;
}

/** Makes the monitoring of a service as it is configured. What is off costs nothing. */
export function createMonitoring(config: MonitoringConfig & Pick<Config, 'host'>): Monitoring {
  const { metricsPort, healthStatus } = config;
  const metrics = metricsPort === null ? null : createMetrics(packageVersion());
  return {
    observer: metrics?.observer ?? (() => undefined),
    ...(metrics === null ? {} : { requests: metrics.requests }),
    begin({ store, state }) {
      const sampler = createSampler({ store, onSample: () => report.update() });
      const report = createStatusReport(state, sampler);
      if (metrics !== null || healthStatus !== 'off') sampler.start();
      let stopServer = (): Promise<void> => Promise.resolve();
      return {
        ...(healthStatus === 'off' ? {} : { status: { access: healthStatus, read: () => report.read() } }),
        async serve() {
          if (metrics === null || metricsPort === null) return null;
          const server = await startMetricsServer({
            host: config.metricsHost ?? config.host,
            port: metricsPort,
            contentType: metrics.contentType,
            expose: () => metrics.expose(state, sampler),
          });
          stopServer = () => server.stop();
          return server.url;
        },
        async stop() {
          await sampler.stop();
          await stopServer();
        },
      };
    },
  };
}
