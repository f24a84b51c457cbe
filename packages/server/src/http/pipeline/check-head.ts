import type { Next } from 'koa';
import { answerProblem } from '../answer.ts';
import type { AppContext } from '../app-state.ts';

/** Answers what the platform would refuse with an empty answer. `100-continue` is the one expectation that can be met. */
export async function checkHead(ctx: AppContext, next: Next): Promise<void> {
  const { host, expect } = ctx.req.headers;
  const detail = host === undefined ? 'The request has no Host header' : 'The request has several Host headers';
  const isMalformed = host === undefined ? ctx.req.httpVersion === '1.1' : hostHeaders(ctx.req) > 1;
  if (isMalformed) {
    // RFC 9112, 3.2.
    answerProblem(ctx, { code: 'malformed_request', detail, headers: { Connection: 'close' } });
  } else if (expect !== undefined && !/100-continue/i.test(expect)) {
    // Whether its body follows is unknown.
    const headers = { Connection: 'close' };
    answerProblem(ctx, { code: 'expectation_failed', detail: 'No expectation but 100-continue can be met', headers });
  } else {
    await next();
  }
}

/** Lines of the Host header. A request of an injector may have no raw headers. */
function hostHeaders({ rawHeaders = [] }: { readonly rawHeaders?: readonly string[] }): number {
  return rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host').length;
}
