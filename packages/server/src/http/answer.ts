import type { AppContext } from './app-state.ts';
import { PROBLEM_JSON, type Problem, problemBody, problemDocument, PROBLEMS } from './problems/problems.ts';

/** Answers with a JSON body. */
export function answerJson(ctx: AppContext, status: number, body: unknown, contentType = 'application/json'): void {
  ctx.status = status;
  ctx.set('Content-Type', contentType);
  ctx.body = JSON.stringify(body);
}

/** Answers with an error, in the form that the client asks for. */
export function answerProblem(ctx: AppContext, problem: Problem): void {
  const occurrence = { instance: ctx.state.instance, requestId: ctx.state.requestId };
  const { status } = PROBLEMS[problem.code];
  ctx.set({ ...problem.headers });
  if (asksForProblemJson(ctx.get('Accept'))) {
    answerJson(ctx, status, problemDocument(problem, occurrence), PROBLEM_JSON);
  } else {
    answerJson(ctx, status, problemBody(problem, occurrence));
  }
}

/** True when the type is named, not merely covered by a wildcard: old clients send wildcards. */
function asksForProblemJson(accept: string): boolean {
  return accept.split(',').some((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    return type === PROBLEM_JSON && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
  });
}
