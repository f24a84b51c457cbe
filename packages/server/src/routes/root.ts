import type { AppContext } from '../app-state.ts';
import { answerJson } from '../answer.ts';
import { mountPath } from '../mount-path.ts';

/** `GET /`: a greeting, and where things are. */
export function getRoot(ctx: AppContext): void {
  const base = mountPath(ctx.req);
  answerJson(ctx, 200, {
    message: 'Reservation Service API',
    links: {
      reservations: `${base}/reservations`,
      health_live: `${base}/health/live`,
      health_ready: `${base}/health/ready`,
    },
  });
}
