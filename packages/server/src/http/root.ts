import type { AppContext } from './app-state.ts';
import { answerJson } from './answer.ts';
import type { WireRoot } from './health/wire.ts';

/** `GET /`: a greeting, and where things are. */
export function getRoot(ctx: AppContext): void {
  const base = ctx.state.mountPath;
  const body: WireRoot = {
    message: 'Reservation Service API',
    links: {
      reservations: `${base}/reservations`,
      health_live: `${base}/health/live`,
      health_ready: `${base}/health/ready`,
      openapi: `${base}/openapi.json`,
      docs: `${base}/docs`,
    },
  };
  answerJson(ctx, 200, body);
}
