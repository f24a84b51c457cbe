import { status } from '@grpc/grpc-js';
import { type Evidence, touch } from '../evidence/evidence.ts';
import type { CallDeps } from '../faults/process-faults.ts';
import type { AttemptSignal, PaymentMessage } from './payment-message.ts';

/** The payment service's behaviour towards a user. It never changes, as for a real account. */
export type Persona = 'pays' | 'is-declined' | 'is-refused' | 'charged-without-reply' | 'misconfigured';

/** Personas whose payments get no verdict, however often they are sent. */
export const UNRESOLVABLE: readonly Persona[] = ['charged-without-reply', 'misconfigured'];

/** The persona in a user id. */
function personaOf(userId: string): Persona {
  const [, persona] = userId.split(':');
  return (persona ?? 'pays') as Persona;
}

/** The payment service. Its ledger decides what was charged. */
export interface SimPaymentService {
  /** Takes a call. `reply` is called once, late or never. */
  receive(message: PaymentMessage, reply: (signal: AttemptSignal) => void): void;
}

type Verdict = { readonly kind: 'charged'; readonly transactionId: string } | { readonly kind: 'declined' | 'refused' };

/** Codes that leave open whether the charge was executed. */
const INCONCLUSIVE: readonly status[] = [
  status.CANCELLED,
  status.UNKNOWN,
  status.DEADLINE_EXCEEDED,
  status.PERMISSION_DENIED,
  status.RESOURCE_EXHAUSTED,
  status.ABORTED,
  status.UNIMPLEMENTED,
  status.INTERNAL,
  status.UNAVAILABLE,
  status.DATA_LOSS,
  status.UNAUTHENTICATED,
];

/** Codes that refuse a charge for good. */
const REFUSES: readonly status[] = [status.INVALID_ARGUMENT, status.FAILED_PRECONDITION];

/** Texts of grpc-js for calls that were never sent. A service may pass them on from its own calls. */
const MISLEADING = [
  'No connection established. Last error: connect ECONNREFUSED 10.0.0.9:50052',
  'Name resolution failed for target dns:ledger:50052',
  'Deadline exceeded after 5.000s,Waiting for LB pick',
];

/** The text of a refusal while the first call is in progress. */
export const IN_PROGRESS = 'in progress';

const FAST_MS = { min: 5, max: 400 };
const SLOW_MS = { min: 1_000, max: 9_000 };
const SILENT_MS = { min: 3_000, max: 20_000 };

/** Builds the service. With `isIdempotent` the first result for a reservation id is the result of all later calls. */
export function createPaymentService(evidence: Evidence, deps: CallDeps, isIdempotent: boolean): SimPaymentService {
  const { world, random } = deps;
  const execute = createLedger(evidence, deps, isIdempotent);
  const inProgress = new Map<string, number>();
  let silentUntil = 0;

  function answer(message: PaymentMessage): AttemptSignal {
    const faults = deps.faults();
    const persona = personaOf(message.user_id);
    if (persona === 'misconfigured') return failure(status.PERMISSION_DENIED, 'wrong credentials');
    if (random.chance(faults.serviceFailsBefore)) return inconclusive();
    const { verdict, isRepeated } = execute(message);
    if (persona === 'charged-without-reply' || random.chance(faults.replyMalformed)) return malformed();
    if (random.chance(faults.serviceFailsAfter)) return inconclusive();
    switch (verdict.kind) {
      case 'declined':
        return reply(false, '', 'card declined');
      case 'refused':
        return failure(random.pick(REFUSES), 'account closed');
      case 'charged': {
        const { transactionId } = verdict;
        if (!isRepeated || !random.chance(faults.alreadyExists)) return reply(true, transactionId, 'charged');
        return failure(status.ALREADY_EXISTS, 'already charged', random.chance(0.5) ? transactionId : null);
      }
    }
  }

  function inconclusive(): AttemptSignal {
    if (random.chance(deps.faults().misleadingDetails)) return failure(status.UNAVAILABLE, random.pick(MISLEADING));
    return failure(random.pick(INCONCLUSIVE), 'try again');
  }

  function malformed(): AttemptSignal {
    return random.chance(0.5) ? reply(false, '', '') : reply(true, '', 'charged');
  }

  return {
    receive(message, respond) {
      recordReceived(evidence, message);
      const { serviceSilent, serviceSlow, refusedInProgress } = deps.faults();
      const id = message.reservation_id;
      const before = inProgress.get(id) ?? 0;
      if (isIdempotent && before > 0 && random.chance(refusedInProgress)) {
        world.after(FAST_MS.min, null, () => respond(failure(status.FAILED_PRECONDITION, IN_PROGRESS)));
        return;
      }
      inProgress.set(id, before + 1);
      if (random.chance(serviceSilent)) silentUntil = world.now() + random.integer(SILENT_MS.min, SILENT_MS.max);
      const bounds = random.chance(serviceSlow) ? SLOW_MS : FAST_MS;
      world.after(random.integer(bounds.min, bounds.max), null, () => {
        const answered = answer(message);
        inProgress.set(id, (inProgress.get(id) ?? 1) - 1);
        if (world.now() >= silentUntil || deps.faults().serviceSilent === 0) respond(answered);
      });
    },
  };
}

/** Executes charges. An idempotent service returns the first result for every repetition. */
function createLedger(
  evidence: Evidence,
  { history, counters }: CallDeps,
  isIdempotent: boolean,
): (message: PaymentMessage) => { readonly verdict: Verdict; readonly isRepeated: boolean } {
  const results = new Map<string, Verdict>();

  function decide(message: PaymentMessage): Verdict {
    const reservation = touch(evidence, message.reservation_id);
    const { user_id: userId, amount, currency } = message;
    const persona = personaOf(userId);
    if (persona === 'is-declined' || persona === 'is-refused') {
      history.add('payments', persona, reservation.id);
      reservation.declined = true;
      return { kind: persona === 'is-declined' ? 'declined' : 'refused' };
    }
    counters.charges += 1;
    const transactionId = `TXN-${counters.charges}`;
    reservation.charges.push({ transactionId, userId, amount, currency });
    history.add('payments', `charges ${amount} ${currency}: ${transactionId}`, reservation.id);
    return { kind: 'charged', transactionId };
  }

  return (message) => {
    const earlier = isIdempotent ? results.get(message.reservation_id) : undefined;
    if (earlier !== undefined) return { verdict: earlier, isRepeated: true };
    const verdict = decide(message);
    results.set(message.reservation_id, verdict);
    return { verdict, isRepeated: false };
  };
}

function recordReceived(
  evidence: Evidence,
  { reservation_id: id, user_id: userId, amount, currency }: PaymentMessage,
): void {
  const reservation = touch(evidence, id);
  reservation.received.push({ userId, amount, currency, wasCreated: reservation.events.length > 0 });
}

function reply(success: boolean, transactionId: string, message: string): AttemptSignal {
  return { kind: 'reply', reply: { success, transaction_id: transactionId, message } };
}

function failure(code: status, details: string, trailingTransactionId: string | null = null): AttemptSignal {
  return {
    kind: 'error',
    code,
    details,
    trailingTransactionId,
    handedOver: true,
    cancelledByUs: false,
    certificateFault: null,
  };
}
