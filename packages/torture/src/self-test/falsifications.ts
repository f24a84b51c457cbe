import { ANSWER_FALSIFICATIONS } from './answer-falsifications.ts';
import { CHARGE_FALSIFICATIONS } from './charge-falsifications.ts';
import type { Falsification } from './falsification.ts';
import { LOG_FALSIFICATIONS } from './log-falsifications.ts';
import { PROCESS_FALSIFICATIONS } from './process-falsifications.ts';
import { REQUEST_FALSIFICATIONS } from './request-falsifications.ts';
import { SETTLEMENT_FALSIFICATIONS } from './settlement-falsifications.ts';

/** All falsifications. The checks must find each. */
export const FALSIFICATIONS: readonly Falsification[] = [
  ...CHARGE_FALSIFICATIONS,
  ...SETTLEMENT_FALSIFICATIONS,
  ...LOG_FALSIFICATIONS,
  ...ANSWER_FALSIFICATIONS,
  ...REQUEST_FALSIFICATIONS,
  ...PROCESS_FALSIFICATIONS,
];
