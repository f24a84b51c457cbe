import { ANSWER_BUGS } from './answer-bugs.ts';
import { PAYMENT_BUGS } from './payment-bugs.ts';
import type { Bug } from './planted-bug.ts';
import { STORE_BUGS } from './store-bugs.ts';

/** Every bug that the simulator must find. */
export const BUGS: readonly Bug[] = [...PAYMENT_BUGS, ...STORE_BUGS, ...ANSWER_BUGS];

/** The bug of this name; undefined when there is none. */
export function findBug(name: string): Bug | undefined {
  return BUGS.find((bug) => bug.name === name);
}
