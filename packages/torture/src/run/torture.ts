import { join } from 'node:path';
import { seededRandom } from '@reservations/core/testing';
import { type NemesisOptions, runNemesis } from '../faults/nemesis.ts';
import { findViolations } from '../checks/checks.ts';
import { closeByLedger } from './close-by-ledger.ts';
import { groupByReservation } from '../evidence/reservation-evidence.ts';
import { startLogFollower } from './log-follower.ts';
import { gatherEvidence } from '../evidence/gather.ts';
import { heal } from './heal.ts';
import { openJournal } from '../workload/journal.ts';
import { startWorkload } from '../workload/workload.ts';
import type { Outcome } from './outcome.ts';
import { eventually, pause } from '../support/pause.ts';
import { createFailpointDealer, type FailpointDealer, FAILPOINTS } from '../processes/failpoints.ts';
import { createProgress } from './progress.ts';
import { startSystem } from '../system/system.ts';
import type { TortureSettings } from '../settings.ts';
import { createCounters } from '../evidence/counters.ts';

/** Bound of the time that a run goes on for failpoints and faults that did not happen yet. */
const OVERTIME_MS = 300_000;

/** Time with load and without faults, so that requests with several attempts end. */
const CALM_MS = 3_000;

/** Runs once, with its files in `folder`. Calls `print` with a line every few seconds. */
export async function torture(
  settings: TortureSettings,
  folder: string,
  print: (line: string) => void,
): Promise<Outcome> {
  const { paymentIdempotency: idempotency, answerUnknownAs, durationMs, only } = settings;
  const random = seededRandom(settings.seed);
  const counters = createCounters();
  const failpoints = createFailpointDealer(random.fork('failpoints'), only === null ? FAILPOINTS : []);
  const { database, sandbox, servers, targets, url } = await startSystem({
    settings,
    folder,
    random,
    failpoints,
    counters,
  });
  const journal = openJournal(join(folder, 'answers.jsonl'));
  const follower = startLogFollower(database);
  const workload = startWorkload({ random: random.fork('workload'), journal, idempotency, url });
  const progress = createProgress({ journal, counters, print });
  const nemesis = {
    random: random.fork('nemesis'),
    targets,
    counters,
    durationMs,
    only,
    setActivity: progress.setActivity,
  };
  await performFaults(nemesis, failpoints);

  progress.setActivity('calm');
  failpoints.stop();
  // Servers with a failpoint are replaced by servers without one.
  if (only === null) await Promise.all(servers.map((server) => server.kill()));
  await Promise.all(servers.map((server) => server.listening()));
  await pause(CALM_MS);
  await workload.stop();
  progress.setActivity('heal');
  await heal(database, counters);
  await workload.readAll();
  await Promise.all(servers.map((server) => server.close()));
  await sandbox.close();
  if (answerUnknownAs === 'failed') await closeByLedger(database, sandbox.ledgerPath);
  await follower.stop();
  progress.stop();
  journal.close();

  const evidence = await database.inspect((store) =>
    gatherEvidence({
      idempotency,
      answerUnknownAs,
      exchanges: journal.exchanges,
      store,
      follower,
      ledgerPath: sandbox.ledgerPath,
      callLogPath: sandbox.callLogPath,
      folder,
      incidents: counters.incidents,
    }),
  );
  await database.drop();
  const reservations = groupByReservation(evidence);
  return {
    evidence,
    reservations,
    violations: findViolations(evidence, reservations),
    counters,
    failpointHits: failpoints.hits,
  };
}

/** Performs faults for the run's duration, and longer until each failpoint was hit and each fault performed. */
async function performFaults(
  options: Omit<NemesisOptions, 'signal' | 'onAllPerformed'>,
  failpoints: FailpointDealer,
): Promise<void> {
  const ending = new AbortController();
  let areAllPerformed = false;
  const performing = runNemesis({ ...options, signal: ending.signal, onAllPerformed: () => (areAllPerformed = true) });
  await Promise.race([pause(options.durationMs), performing]);
  await eventually(() => failpoints.complete() && areAllPerformed, OVERTIME_MS);
  ending.abort();
  await performing;
}
