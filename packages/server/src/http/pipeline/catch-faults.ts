import { isReservationError } from '@reservations/core';
import type { Next } from 'koa';
import { answerProblem } from '../answer.ts';
import type { AppContext } from '../app-state.ts';
import { problemOf } from '../problems/problem-of.ts';

/** Answers what is thrown behind it as a problem, and keeps it for the log. */
export async function catchFaults(ctx: AppContext, next: Next): Promise<void> {
  try {
    await next();
  } catch (error) {
    // A refusal is no fault to look for, and a stack in each line would cost the time that is missing.
    if (!isReservationError(error, 'OVERLOADED')) ctx.state.fault = error;
    answerProblem(ctx, problemOf(error));
  }
}
