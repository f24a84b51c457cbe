import { join } from 'node:path';
import { type ChaosOptions, wreakHavoc } from '../faults/nemesis.ts';
import { findViolations } from '../checks/all.ts';
import { closeByLedger } from './close-by-ledger.ts';
import { openDossiers } from '../evidence/reservation-evidence.ts';
import { follow } from '../evidence/follow.ts';
import { gatherEvidence } from '../evidence/gather.ts';
import { heal } from './heal.ts';
import { openJournal } from '../workload/journal.ts';
import { startLoad } from '../workload/workload.ts';
import type { Outcome } from './outcome.ts';
import { eventually, pause } from '../support/pause.ts';
import { createFailpointDealer, type FailpointDealer, FAILPOINTS } from '../processes/failpoints.ts';
import { createProgress } from './progress.ts';
import { createRandom } from '../support/seeded-random.ts';
import { openScene } from '../system/system.ts';
import type { TortureSettings } from '../settings.ts';
import { createTally } from '../evidence/counters.ts';

/** How much longer than it should a run goes on for what was not done yet. */
const OVERTIME_MS = 120_000;

/** Load without faults: what takes several attempts is seen to its end. */
const CALM_MS = 3_000;

/** Runs once, in `folder`; `print` gets a line every few seconds. */
export async function torture(
  settings: TortureSettings,
  folder: string,
  print: (line: string) => void,
): Promise<Outcome> {
  const { paymentIdempotency: idempotency, paymentUnknownOutcome: unknownOutcome, durationMs, only } = settings;
  const random = createRandom(settings.seed);
  const tally = createTally();
  const failpoints = createFailpointDealer(random.fork('failpoints'), only === null ? FAILPOINTS : []);
  const { database, sandbox, servers, victims, url } = await openScene({
    settings,
    folder,
    random,
    failpoints,
    tally,
  });
  const journal = openJournal(join(folder, 'answers.jsonl'));
  const following = follow(database);
  const load = startLoad({ random: random.fork('load'), journal, idempotency, url });
  const progress = createProgress({ journal, tally, print });
  const chaos = { random: random.fork('chaos'), victims, tally, durationMs, only, narrate: progress.narrate };
  await havoc(chaos, failpoints);

  progress.narrate('calm');
  failpoints.stop();
  // Whoever still has a failpoint in store makes room for a server without one.
  if (only === null) await Promise.all(servers.map((server) => server.kill()));
  await Promise.all(servers.map((server) => server.listening()));
  await pause(CALM_MS);
  await load.stop();
  progress.narrate('heal');
  await heal(database, tally);
  await load.lookAtAll();
  await Promise.all(servers.map((server) => server.close()));
  await sandbox.close();
  if (unknownOutcome === 'fail') await closeByLedger(database, sandbox.ledgerPath);
  await following.stop();
  progress.stop();
  journal.close();

  const evidence = await database.look((store) =>
    gatherEvidence({
      idempotency,
      unknownOutcome,
      exchanges: journal.exchanges,
      store,
      follower: following,
      ledgerPath: sandbox.ledgerPath,
      callLogPath: sandbox.callLogPath,
      folder,
      incidents: tally.incidents,
    }),
  );
  await database.drop();
  const dossiers = openDossiers(evidence);
  return { evidence, dossiers, violations: findViolations(evidence, dossiers), tally, failpointHits: failpoints.hits };
}

/** Lasts as long as it should, and longer while a failpoint was not met or a fault not done. */
async function havoc(
  options: Omit<ChaosOptions, 'signal' | 'onceThrough'>,
  failpoints: FailpointDealer,
): Promise<void> {
  const enough = new AbortController();
  let isOnceThrough = false;
  const wreaking = wreakHavoc({ ...options, signal: enough.signal, onceThrough: () => (isOnceThrough = true) });
  await Promise.race([pause(options.durationMs), wreaking]);
  await eventually(() => failpoints.complete() && isOnceThrough, OVERTIME_MS);
  enough.abort();
  await wreaking;
}
