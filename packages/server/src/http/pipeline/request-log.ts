import type { Logger } from 'pino';
import { callerOf } from '../../auth/principal.ts';
import type { EndedRequest } from '../../observe/requests.ts';
import { traceFields } from '../../observe/trace-fields.ts';
import type { AppContext } from '../app-state.ts';

/** Writes the one line of a request. Bodies, credentials, user ids and query strings stay out of it. */
export function logRequest(logger: Logger, ctx: AppContext, { method, route, status, durationMs }: EndedRequest): void {
  const { requestId, traceparent, principal, refusal, reservationId, fault } = ctx.state;
  const line = {
    method,
    route,
    status,
    duration_ms: Math.round(durationMs * 10) / 10,
    request_id: requestId,
    ...traceFields(traceparent),
    ...(principal.kind === 'anonymous' ? {} : { caller: callerOf(principal) }),
    ...(refusal === null ? {} : { refusal }),
    ...(reservationId === null ? {} : { reservation_id: reservationId }),
    ...(fault === null ? {} : { err: fault }),
  };
  logger[levelOf(status, route)](line, 'request');
}

function levelOf(status: number, route: string | null): 'debug' | 'info' | 'warn' | 'error' {
  if (status === 500) return 'error';
  if (status > 500) return 'warn';
  return route?.startsWith('/health/') === true ? 'debug' : 'info';
}
