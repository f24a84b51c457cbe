import { join } from 'node:path';
import { type NemesisOptions, runNemesis } from '../faults/nemesis.ts';
import { findViolations } from '../checks/all.ts';
import { closeByLedger } from './close-by-ledger.ts';
import { groupByReservation } from '../evidence/reservation-evidence.ts';
import { follow } from '../evidence/follow.ts';
import { gatherEvidence } from '../evidence/gather.ts';
import { heal } from './heal.ts';
import { openJournal } from '../workload/journal.ts';
import { startWorkload } from '../workload/workload.ts';
import type { Outcome } from './outcome.ts';
import { eventually, pause } from '../support/pause.ts';
import { createFailpointDealer, type FailpointDealer, FAILPOINTS } from '../processes/failpoints.ts';
import { createProgress } from './progress.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { startSystem } from '../system/system.ts';
import type { TortureSettings } from '../settings.ts';
import { createCounters } from '../evidence/counters.ts';

/** How much longer than it should a run goes on for what was not done yet. */
const OVERTIME_MS = 120_000;

/** Workload without faults: what takes several attempts is seen to its end. */
const CALM_MS = 3_000;

/** Runs once, in `folder`; `print` gets a line every few seconds. */
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
  const following = follow(database);
  const load = startWorkload({ random: random.fork('load'), journal, idempotency, url });
  const progress = createProgress({ journal, counters, print });
  const chaos = {
    random: random.fork('chaos'),
    targets,
    counters,
    durationMs,
    only,
    setActivity: progress.setActivity,
  };
  await havoc(chaos, failpoints);

  progress.setActivity('calm');
  failpoints.stop();
  // Whoever still has a failpoint in store makes room for a server without one.
  if (only === null) await Promise.all(servers.map((server) => server.kill()));
  await Promise.all(servers.map((server) => server.listening()));
  await pause(CALM_MS);
  await load.stop();
  progress.setActivity('heal');
  await heal(database, counters);
  await load.readAll();
  await Promise.all(servers.map((server) => server.close()));
  await sandbox.close();
  if (answerUnknownAs === 'failed') await closeByLedger(database, sandbox.ledgerPath);
  await following.stop();
  progress.stop();
  journal.close();

  const evidence = await database.look((store) =>
    gatherEvidence({
      idempotency,
      answerUnknownAs,
      exchanges: journal.exchanges,
      store,
      follower: following,
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

/** Lasts as long as it should, and longer while a failpoint was not met or a fault not done. */
async function havoc(
  options: Omit<NemesisOptions, 'signal' | 'onEachDone'>,
  failpoints: FailpointDealer,
): Promise<void> {
  const enough = new AbortController();
  let isOnceThrough = false;
  const wreaking = runNemesis({ ...options, signal: enough.signal, onEachDone: () => (isOnceThrough = true) });
  await Promise.race([pause(options.durationMs), wreaking]);
  await eventually(() => failpoints.complete() && isOnceThrough, OVERTIME_MS);
  enough.abort();
  await wreaking;
}
