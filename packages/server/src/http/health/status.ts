import { answerJson, answerProblem } from '../answer.ts';
import type { AppContext } from '../app-state.ts';
import { isFromThisMachine } from '../pipeline/this-machine.ts';
import type { StatusOptions } from './status-options.ts';

/**
 * `GET /health/status`: state of the server and of what it depends on, always 200. It is for operators: pages of other
 * origins cannot read it, and to those who may not read it the path does not exist.
 */
export function getStatus({ access, read }: StatusOptions): (ctx: AppContext) => void {
  return (ctx) => {
    // With authentication, a request from elsewhere comes here with its scope only.
    const mayRead = access === 'on' || isFromThisMachine(ctx.req) || ctx.state.principal.kind !== 'anonymous';
    if (access === 'off' || !mayRead) {
      answerProblem(ctx, { code: 'not_found', detail: 'Not Found' });
      return;
    }
    ctx.set('Cache-Control', 'no-store');
    answerJson(ctx, 200, read());
  };
}
