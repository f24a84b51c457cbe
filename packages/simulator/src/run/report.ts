import type { History, HistoryEntry } from '../evidence/history.ts';
import type { SimulationResult, Violation } from './simulate.ts';
import { FAULT_NAMES, type Swarm } from '../faults/swarm.ts';
import type { Counters } from '../evidence/counters.ts';

/** A run's configuration in a few lines: only what is switched on. */
export function describeSwarm(swarm: Swarm): string {
  const { mode, answerUnknownAs, servers, clients, requestsPerClient, faultyMs, settlement } = swarm;
  const people = `${swarm.hasOperator ? 'an operator, ' : ''}${swarm.hasRepairer ? 'repairs of the view, ' : ''}`;
  const faults = FAULT_NAMES.filter((name) => swarm.faults[name] > 0).map(
    (name) => `${name} ${swarm.faults[name].toFixed(3)}`,
  );
  return [
    `  payment idempotency "${mode}", unknown outcome "${answerUnknownAs}"`,
    `  ${servers} servers, ${clients} clients with ${requestsPerClient} requests each, ${people}faults for ${faultyMs} ms`,
    `  hopeless users ${swarm.unresolvableUsers}, declined users ${swarm.declinedUsers}, ${JSON.stringify(settlement)}`,
    `  faults: ${faults.join(', ') || 'none'}`,
  ].join('\n');
}

/** A broken invariant in two lines. */
export function describeViolation(violation: Violation): string {
  const { number, invariant, about, seen, atMs } = violation;
  return `broken: ${number} (${invariant})\n  at ${formatMs(atMs)}, ${about ?? 'about no single reservation'}: ${seen}`;
}

/** The history, or what of it concerns one reservation and the processes that worked on it. */
export function describeHistory({ history, violation }: SimulationResult, isWhole: boolean): string {
  const about = violation?.about ?? null;
  const entries = isWhole || about === null ? history.entries : concerning(history, about);
  return entries.map(describeEntry).join('\n');
}

/** Numbers of all runs in a line. */
export function describeCounters(seeds: number, violations: number, counters: Counters): string {
  const { steps, requests, crashes, freezes, lostAcknowledgements, sends, charges } = counters;
  const { repairs, keysFreed, unknownConfirmed, unknownFailed, unknownEscalated } = counters;
  return (
    `${seeds} seeds, ${steps} steps, ${requests} requests, ${crashes} crashes, ${freezes} freezes, ` +
    `${lostAcknowledgements} lost acknowledgements, ${sends} sends, ${charges} charges, ${repairs} repairs of the view, ` +
    `${keysFreed} keys free again, unknown: ${unknownConfirmed} confirmed, ${unknownFailed} failed, ${unknownEscalated} escalated; ` +
    `${violations} violations`
  );
}

/** What happened to the reservation, to the request behind it, and to the processes that had to do with it. */
function concerning(history: History, about: string): readonly HistoryEntry[] {
  const request = history.requestOf(about);
  const isDirect = (entry: HistoryEntry): boolean =>
    entry.about === about || (entry.about !== null && entry.about === request) || entry.what.includes(about);
  const involved = new Set(history.entries.filter(isDirect).map(({ who }) => who));
  return history.entries.filter(
    (entry) => isDirect(entry) || (entry.about === null && isAboutProcess(entry, involved)),
  );
}

function isAboutProcess({ who, what }: HistoryEntry, involved: ReadonlySet<string>): boolean {
  return who === 'world' || (involved.has(who) && !what.startsWith('answers with an error'));
}

function describeEntry({ atMs, who, what, about }: HistoryEntry): string {
  return `${formatMs(atMs).padStart(10)}  ${who.padEnd(9)}  ${what}${about === null ? '' : `  [${about}]`}`;
}

function formatMs(ms: number): string {
  return `${(ms / 1_000).toFixed(3)} s`;
}
