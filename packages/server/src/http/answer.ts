import type { AppContext } from './app-state.ts';
import { answerOf, type Problem } from './problems/problems.ts';

/** Answers with a JSON body. */
export function answerJson(ctx: AppContext, status: number, body: unknown): void {
  answerText(ctx, status, JSON.stringify(body), 'application/json');
}

/** Answers with an error, in the form that the client asks for. */
export function answerProblem(ctx: AppContext, problem: Problem): void {
  const occurrence = { instance: ctx.state.instance, requestId: ctx.state.requestId };
  const { status, contentType, body } = answerOf(problem, occurrence, ctx.get('Accept'));
  ctx.state.isOverloaded = problem.code === 'overloaded';
  ctx.set({ ...problem.headers });
  answerText(ctx, status, body, contentType);
}

function answerText(ctx: AppContext, status: number, body: string, contentType: string): void {
  ctx.status = status;
  ctx.set('Content-Type', contentType);
  ctx.body = body;
}
