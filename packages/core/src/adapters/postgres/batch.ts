import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers';
import { isReservationError, ReservationError } from '../../errors.ts';

/** Most questions in one statement. */
export const BATCH_QUESTIONS_MAX = 256;

/** Most statements of one batch that run at a time; later questions wait for the next one. */
export const BATCH_STATEMENTS_MAX = 4;

/** Answers several questions with one statement, in the order of the questions. */
export type AskTogether<Question, Answer> = (questions: readonly Question[]) => Promise<readonly Answer[]>;

interface Job<Question, Answer> {
  readonly question: Question;
  readonly askedAt: number;
  resolve(answer: Answer): void;
  reject(error: unknown): void;
}

/**
 * Collects the questions of one turn of the event loop and answers them with one statement, since a small read costs a
 * round trip. A lone question is not delayed. Every statement begins after its questions were asked, so that it sees
 * everything committed before them. A question that waited longer than `waitMaxMs` is rejected without being sent.
 */
export function createBatch<Question, Answer>(
  ask: AskTogether<Question, Answer>,
  waitMaxMs: number,
): (question: Question) => Promise<Answer> {
  let waiting: Job<Question, Answer>[] = [];
  let underWay = 0;
  let isScheduled = false;

  function schedule(): void {
    if (isScheduled || underWay === BATCH_STATEMENTS_MAX || waiting.length === 0) return;
    isScheduled = true;
    setImmediate(() => {
      isScheduled = false;
      rejectLate();
      const jobs = waiting.slice(0, BATCH_QUESTIONS_MAX);
      waiting = waiting.slice(BATCH_QUESTIONS_MAX);
      if (jobs.length === 0) return;
      underWay += 1;
      void askAndAnswer(ask, jobs).finally(() => {
        underWay -= 1;
        schedule();
      });
      schedule();
    });
  }

  function rejectLate(): void {
    const deadline = performance.now() - waitMaxMs;
    const firstInTime = waiting.findIndex(({ askedAt }) => askedAt >= deadline);
    const lateCount = firstInTime === -1 ? waiting.length : firstInTime;
    const message = `PostgreSQL cannot be used now: a read waited for more than ${waitMaxMs} ms`;
    for (const job of waiting.slice(0, lateCount)) job.reject(new ReservationError('STORE_UNAVAILABLE', message));
    waiting = waiting.slice(lateCount);
  }

  return (question) =>
    new Promise((resolve, reject) => {
      waiting.push({ question, askedAt: performance.now(), resolve, reject });
      schedule();
    });
}

async function askAndAnswer<Question, Answer>(
  ask: AskTogether<Question, Answer>,
  jobs: readonly Job<Question, Answer>[],
): Promise<void> {
  let answers: readonly Answer[];
  try {
    answers = await ask(jobs.map(({ question }) => question));
  } catch (error) {
    if (jobs.length === 1 || isReservationError(error, 'STORE_UNAVAILABLE')) {
      for (const job of jobs) job.reject(error);
      return;
    }
    // Only the question that cannot be answered may fail: each is sent in its own statement.
    for (const job of jobs) await askAndAnswer(ask, [job]);
    return;
  }
  for (const [index, job] of jobs.entries()) job.resolve(answers[index] as Answer);
}
