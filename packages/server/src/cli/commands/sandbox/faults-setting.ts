import type { SandboxFaults } from '@reservations/core/sandbox';
import type { Setting } from '../../../config/settings.ts';

/** By name, so that the compiler finds a kind that is missing here; the sandbox itself is loaded when it is started. */
const KNOWN: Readonly<Record<keyof SandboxFaults, true>> = {
  unavailable: true,
  internal: true,
  replyLost: true,
  cut: true,
  hang: true,
  late: true,
  emptyReply: true,
};

const KINDS = Object.keys(KNOWN) as (keyof SandboxFaults)[];

/** The faults of a sandbox as one text: `replyLost=0.1,hang=0.01`. */
export function faultsSetting(naming: Pick<Setting<unknown>, 'flag' | 'env' | 'description'>): Setting<SandboxFaults> {
  return {
    ...naming,
    value: 'LIST',
    default: {},
    expected: `KIND=PROBABILITY,… with kinds out of ${KINDS.join(', ')} and probabilities from 0 to 1`,
    parse: parseFaults,
  };
}

function parseFaults(text: string): SandboxFaults | undefined {
  const faults: { -readonly [Kind in keyof SandboxFaults]: number } = {};
  for (const part of text.split(',')) {
    const [name, probability = '', ...rest] = part.split('=');
    const kind = KINDS.find((known) => known === name);
    if (kind === undefined || rest.length > 0 || !/^(?:0(?:\.\d+)?|1(?:\.0+)?)$/.test(probability)) return undefined;
    faults[kind] = Number(probability);
  }
  return faults;
}
