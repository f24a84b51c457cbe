import type { AppContext } from '../app-state.ts';
import { answerJson } from '../answer.ts';
import type { Readiness } from './readiness.ts';

/** `GET /health/live`: the process answers. Touches nothing else. */
export function getLive(ctx: AppContext): void {
  answerJson(ctx, 200, { status: 'alive' });
}

/** `GET /health/ready`: 200 when work may be sent here, else 503. */
export function getReady(readiness: () => Promise<Readiness>): (ctx: AppContext) => Promise<void> {
  return async (ctx) => {
    const status = await readiness();
    answerJson(ctx, status === 'ready' ? 200 : 503, { status });
  };
}
