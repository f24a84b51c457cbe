import { join } from 'node:path';
import type { StoreKind } from './databases/database.ts';
import { STORE_KINDS } from './databases/store-kinds.ts';
import { type ChaosOptions, wreakHavoc } from './chaos/chaos.ts';
import { findViolations } from './checks/all.ts';
import { openDossiers } from './evidence/dossier.ts';
import { follow } from './evidence/follow.ts';
import { gatherEvidence } from './evidence/gather.ts';
import { heal } from './heal.ts';
import { openJournal } from './load/journal.ts';
import { startLoad } from './load/load.ts';
import type { Outcome } from './outcome.ts';
import { eventually, pause } from './pause.ts';
import { warmUp } from './processes/child.ts';
import { createFailpointDealer, type FailpointDealer, FAILPOINTS } from './processes/failpoints.ts';
import { createIntruder } from './processes/intruder.ts';
import type { Excuse } from './processes/life.ts';
import { openSandbox } from './processes/sandbox.ts';
import { openServerSlot, type ServerSlot } from './processes/server-slot.ts';
import { createProgress } from './progress.ts';
import { createRandom, type Random } from './random.ts';
import type { TortureSettings } from './settings.ts';
import { createTally, type Tally } from './tally.ts';

/** How much longer than it should a run goes on for what was not done yet. */
const OVERTIME_MS = 120_000;

/** Load without faults: what takes several attempts is seen to its end. */
const CALM_MS = 3_000;

const RESTART_MS_MAX = 400;

/** Runs once, in `folder`; `print` gets a line every few seconds. */
export async function torture(
  settings: TortureSettings,
  folder: string,
  print: (line: string) => void,
): Promise<Outcome> {
  const { seed, paymentIdempotency: idempotency, durationMs, only } = settings;
  const random = createRandom(seed);
  const tally = createTally();
  const failpoints = createFailpointDealer(random.fork('failpoints'), only === null ? FAILPOINTS : []);
  const kind: StoreKind = STORE_KINDS[settings.store];
  const database = await kind.create(folder);
  const journal = openJournal(join(folder, 'answers.jsonl'));
  await warmUp(folder);
  const sandbox = await openSandbox(folder, idempotency, seed, tally);
  const args = [...database.serverArgs, '--payment-host', '127.0.0.1', '--payment-port', `${sandbox.port}`];
  args.push('--payment-idempotency', idempotency);
  const intruder = createIntruder(folder, args, tally);
  const excuses = [intruder.excuse, ...(database.excuse === null ? [] : [database.excuse])];
  const slots = { folder, args, failpoints, tally, excuses, random: random.fork('restarts') };
  const servers = await openServers(kind.servers, slots);
  await Promise.all(servers.map((server) => server.listening()));
  const following = follow(database);
  let turn = 0;
  const load = startLoad({
    random: random.fork('load'),
    journal,
    idempotency,
    url: () => {
      const up = servers.flatMap((server) => server.url() ?? []);
      return up[(turn += 1) % up.length] ?? null;
    },
  });
  const progress = createProgress({ journal, tally, print });
  const victims = {
    servers,
    sandbox,
    intruder: kind.refusesMore ? intruder : null,
    databaseFaults: database.faults,
  };
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
  await following.stop();
  progress.stop();
  journal.close();

  const evidence = await database.look((store) =>
    gatherEvidence({
      idempotency,
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

interface ServersOptions {
  readonly folder: string;
  readonly args: readonly string[];
  readonly failpoints: FailpointDealer;
  readonly tally: Tally;
  readonly excuses: readonly Excuse[];
  readonly random: Random;
}

function openServers(count: number, { random, ...options }: ServersOptions): Promise<readonly ServerSlot[]> {
  const restartAfterMs = (): number => random.whole(0, RESTART_MS_MAX);
  return Promise.all(
    Array.from({ length: count }, (_, index) =>
      openServerSlot({ ...options, name: `server-${index + 1}`, restartAfterMs }),
    ),
  );
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
