import type { HealthStatusAccess } from '../../config/health-status.ts';
import type { ServerStatus } from '../../observe/state/status.ts';

/** A status that is there already, and who may read it. */
export interface StatusOptions {
  readonly access: HealthStatusAccess;
  read(): ServerStatus;
}
