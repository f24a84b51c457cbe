import { ANSWER_BUGS } from './answer-bugs.ts';
import { OVERLOAD_BUGS } from './overload-bugs.ts';
import { PAYMENT_BUGS } from './payment-bugs.ts';
import type { PlantedBug } from './planted-bug.ts';
import { STORE_BUGS } from './store-bugs.ts';

/** Every planted bug. Each must be found. */
export const PLANTED_BUGS: readonly PlantedBug[] = [...PAYMENT_BUGS, ...STORE_BUGS, ...ANSWER_BUGS, ...OVERLOAD_BUGS];

/** The bug of this name; undefined without one. */
export function findBug(name: string): PlantedBug | undefined {
  return PLANTED_BUGS.find((bug) => bug.name === name);
}
