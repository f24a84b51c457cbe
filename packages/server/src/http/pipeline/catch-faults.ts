import type { Next } from 'koa';
import { answerProblem } from '../answer.ts';
import type { AppContext } from '../app-state.ts';
import { problemOf } from '../problems/problem-of.ts';

/** Answers what is thrown behind it as a problem, and keeps it for the log. */
export async function catchFaults(ctx: AppContext, next: Next): Promise<void> {
  try {
    await next();
  } catch (error) {
    ctx.state.fault = error;
    answerProblem(ctx, problemOf(error));
  }
}
