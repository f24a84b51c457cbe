import type { AppContext } from './app-state.ts';
import { answerJson } from './answer.ts';

/** `GET /`: a greeting, and where things are. */
export function getRoot(ctx: AppContext): void {
  const base = ctx.state.mountPath;
  answerJson(ctx, 200, {
    message: 'Reservation Service API',
    links: {
      reservations: `${base}/reservations`,
      health_live: `${base}/health/live`,
      health_ready: `${base}/health/ready`,
    },
  });
}
