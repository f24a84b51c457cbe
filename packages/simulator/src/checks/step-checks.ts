import { answersAreDurable } from './answers-are-durable.ts';
import { answersNeverGoBack } from './answers-never-go-back.ts';
import { chargedOnce } from './charged-once.ts';
import { confirmedMeansCharged } from './confirmed-means-charged.ts';
import { createdBeforeCharge } from './created-before-charge.ts';
import { failedMeansNeverCharged } from './failed-means-never-charged.ts';
import { invalidLeavesNoTrace } from './invalid-leaves-no-trace.ts';
import type { Check } from './check.ts';
import { keys } from './keys.ts';
import { gaugeIsRight } from './nothing-stays-open.ts';
import { money } from './money.ts';
import { noSendAfterFailed } from './no-send-after-failed.ts';
import { noSendAfterStop } from './no-send-after-stop.ts';
import { noUndocumentedErrors } from './no-undocumented-errors.ts';
import { oneOrigin } from './one-origin.ts';
import { oneTerminalEvent } from './one-terminal-event.ts';
import { positions } from './positions.ts';
import { refusedLeavesNoTrace } from './refused-leaves-no-trace.ts';
import { sendsAreBounded } from './sends-are-bounded.ts';
import { sendsDoNotOverlap } from './sends-do-not-overlap.ts';
import { unknownIsOpen } from './unknown-is-open.ts';
import { versions } from './versions.ts';
import { viewIsTheFold } from './view-is-the-fold.ts';

/** The checks after every step. See final-checks.ts for what holds only at the end. */
export const STEP_CHECKS: readonly Check[] = [
  chargedOnce,
  createdBeforeCharge,
  confirmedMeansCharged,
  failedMeansNeverCharged,
  unknownIsOpen,
  gaugeIsRight,
  answersAreDurable,
  oneTerminalEvent,
  oneOrigin,
  versions,
  positions,
  viewIsTheFold,
  keys,
  invalidLeavesNoTrace,
  refusedLeavesNoTrace,
  sendsAreBounded,
  sendsDoNotOverlap,
  noSendAfterStop,
  noSendAfterFailed,
  answersNeverGoBack,
  money,
  noUndocumentedErrors,
];
