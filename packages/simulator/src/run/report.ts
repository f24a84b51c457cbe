import type { History, HistoryEntry } from '../evidence/history.ts';
import type { Violation } from '../checks/check.ts';
import { FAULT_NAMES } from '../faults/fault-rates.ts';
import type { Swarm } from '../faults/swarm.ts';
import type { SimulationResult } from './simulate.ts';
import type { Counters } from '../evidence/counters.ts';

/** Describes a run's configuration: only what is switched on. */
export function describeSwarm(swarm: Swarm): string {
  const { mode, answerUnknownAs, servers, clients, requestsPerClient, faultyMs, settlement, charges } = swarm;
  const actors = `${swarm.hasOperator ? 'an operator, ' : ''}${swarm.hasRepairer ? 'repairs of the view, ' : ''}`;
  const faults = FAULT_NAMES.filter((name) => swarm.faults[name] > 0).map(
    (name) => `${name} ${swarm.faults[name].toFixed(3)}`,
  );
  return [
    `  payment idempotency "${mode}", unknown outcome answered as "${answerUnknownAs}"`,
    `  ${servers} servers, ${clients} clients with ${requestsPerClient} requests each, ${actors}faults for ${faultyMs} ms`,
    `  unresolvable users ${swarm.unresolvableUsers}, declined users ${swarm.declinedUsers}, ${JSON.stringify(settlement)}`,
    `  charges of a server ${JSON.stringify(charges)}`,
    `  faults: ${faults.join(', ') || 'none'}`,
  ].join('\n');
}

/** Describes a violation in two lines. */
export function describeViolation(violation: Violation): string {
  const { number, invariant, about, detail, atMs } = violation;
  return `violated: ${number} (${invariant})\n  at ${formatMs(atMs)}, ${about ?? 'about no single reservation'}: ${detail}`;
}

/** Prints the history: all of it, or what concerns the violation's reservation and the processes that worked on it. */
export function describeHistory({ history, violation }: SimulationResult, isWhole: boolean): string {
  const about = violation?.about ?? null;
  const entries = isWhole || about === null ? history.entries : concerning(history, about);
  return entries.map(describeEntry).join('\n');
}

/** Prints the counters of all runs in one line. */
export function describeCounters(seeds: number, violations: number, counters: Counters): string {
  const { steps, requests, crashes, freezes, lostAcknowledgements, sends, charges } = counters;
  const { repairs, refused, keysFreed, unknownConfirmed, unknownFailed, unknownEscalated } = counters;
  return (
    `${seeds} seeds, ${steps} steps, ${requests} requests, ${crashes} crashes, ${freezes} freezes, ` +
    `${lostAcknowledgements} lost acknowledgements, ${sends} sends, ${charges} charges, ${repairs} repairs of the view, ` +
    `${refused} refused for overload, ${keysFreed} keys free again, unknown: ${unknownConfirmed} confirmed, ${unknownFailed} failed, ${unknownEscalated} escalated; ` +
    `${violations} violations`
  );
}

/** The entries about the reservation, its request and the processes that worked on it. */
function concerning(history: History, about: string): readonly HistoryEntry[] {
  const request = history.requestOf(about);
  const isDirect = (entry: HistoryEntry): boolean =>
    entry.about === about || (entry.about !== null && entry.about === request) || entry.what.includes(about);
  const involved = new Set(history.entries.filter(isDirect).map(({ source }) => source));
  return history.entries.filter(
    (entry) => isDirect(entry) || (entry.about === null && isAboutProcess(entry, involved)),
  );
}

function isAboutProcess({ source, what }: HistoryEntry, involved: ReadonlySet<string>): boolean {
  return source === 'world' || (involved.has(source) && !what.startsWith('answers with an error'));
}

function describeEntry({ atMs, source, what, about }: HistoryEntry): string {
  return `${formatMs(atMs).padStart(10)}  ${source.padEnd(9)}  ${what}${about === null ? '' : `  [${about}]`}`;
}

function formatMs(ms: number): string {
  return `${(ms / 1_000).toFixed(3)} s`;
}
