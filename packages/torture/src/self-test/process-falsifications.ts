import type { Falsification } from './falsification.ts';

/** Falsifications of processes and their logs. */
export const PROCESS_FALSIFICATIONS: readonly Falsification[] = [
  {
    name: 'a reply contradicted a verdict',
    violates: 'no reply contradicts a recorded verdict',
    apply: () => ({ contradictions: ['{"kind":"contradiction"}'] }),
  },
  {
    name: 'a server raised an alarm about its store',
    violates: 'the database keeps every event',
    apply: () => ({ storeAlarms: ['{"kind":"store-alarm"}'] }),
  },
  {
    name: 'a process ended by itself',
    violates: 'a process ends only when asked to',
    apply: () => ({ incidents: ['server-1 ended with exit code 1'] }),
  },
];
