import { type SandboxBehaviour, type SandboxReply, type SandboxVerdict } from './magic-users.ts';

/** Probabilities of the faults, each from 0 to 1; their sum is at most 1. */
export interface SandboxFaults {
  /** UNAVAILABLE, not executed. */
  readonly unavailable?: number;
  /** INTERNAL, not executed. */
  readonly internal?: number;
  /** Executed, and the reply is lost (UNAVAILABLE). */
  readonly replyLost?: number;
  /** Executed, and the connection is destroyed, with every other call on it. */
  readonly cut?: number;
  /** Neither executed nor answered. */
  readonly hang?: number;
  /** Executed when the deadline has passed, not answered. */
  readonly late?: number;
  /** Not executed, answered with an empty reply. */
  readonly emptyReply?: number;
}

const nothing: SandboxVerdict = { kind: 'nothing' };

const FAULTS: { readonly [Kind in keyof SandboxFaults]-?: (normal: SandboxBehaviour) => SandboxBehaviour } = {
  unavailable: () => ({ verdict: nothing, reply: failing('UNAVAILABLE') }),
  internal: () => ({ verdict: nothing, reply: failing('INTERNAL') }),
  replyLost: (normal) => ({ ...normal, reply: failing('UNAVAILABLE') }),
  cut: (normal) => ({ ...normal, reply: { kind: 'cut' } }),
  hang: () => ({ verdict: nothing, reply: { kind: 'never' } }),
  late: (normal) => ({ ...normal, reply: { kind: 'never' }, late: true }),
  emptyReply: () => ({ verdict: nothing, reply: { kind: 'empty' } }),
};

/** The kinds of {@link SandboxFaults}. */
export const FAULT_KINDS: readonly (keyof SandboxFaults)[] = Object.keys(FAULTS) as (keyof SandboxFaults)[];

/** Returns the fault on which a draw, from 0 up to 1, falls, or `normal`. */
export function afflict(normal: SandboxBehaviour, faults: SandboxFaults, draw: number): SandboxBehaviour {
  let bound = 0;
  for (const kind of FAULT_KINDS) {
    bound += faults[kind] ?? 0;
    if (draw < bound) return FAULTS[kind](normal);
  }
  return normal;
}

function failing(code: 'UNAVAILABLE' | 'INTERNAL'): SandboxReply {
  return { kind: 'status', code, message: 'injected fault' };
}
