/** Which requests may read `GET /health/status`. */
export const HEALTH_STATUS_ACCESS = ['off', 'loopback', 'on'] as const;

/** Which requests may read `GET /health/status`: none, requests from this machine, or every request. */
export type HealthStatusAccess = (typeof HEALTH_STATUS_ACCESS)[number];
