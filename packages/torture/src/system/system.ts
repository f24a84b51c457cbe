import type { Victims } from '../faults/process-faults.ts';
import type { Database, StoreKind } from '../databases/database.ts';
import { STORE_KINDS } from '../databases/store-kinds.ts';
import { warmUp } from '../processes/child.ts';
import type { FailpointDealer } from '../processes/failpoints.ts';
import { createIntruder } from '../processes/second-server.ts';
import { openSandbox, type Sandbox } from '../processes/sandbox.ts';
import { openServerSlot, type ServerSlot } from '../processes/server-slot.ts';
import type { Random } from '../support/seeded-random.ts';
import type { TortureSettings } from '../settings.ts';
import type { Tally } from '../evidence/counters.ts';

/** A database, a payment service and servers on both, all of them running. */
export interface Scene {
  readonly database: Database;
  readonly sandbox: Sandbox;
  readonly servers: readonly ServerSlot[];
  readonly victims: Victims;
  /** A server that listens, another one each time; null while there is none. */
  readonly url: () => string | null;
}

export interface SceneOptions {
  readonly settings: TortureSettings;
  readonly folder: string;
  readonly random: Random;
  readonly failpoints: FailpointDealer;
  readonly tally: Tally;
}

const RESTART_MS_MAX = 400;

/** Starts everything; resolves when every server listens. */
export async function openScene({ settings, folder, random, failpoints, tally }: SceneOptions): Promise<Scene> {
  const { paymentIdempotency: idempotency, seed } = settings;
  const kind: StoreKind = STORE_KINDS[settings.store];
  const database = await kind.create(folder);
  await warmUp(folder);
  const sandbox = await openSandbox(folder, idempotency, seed, tally);
  const args = [...database.serverArgs, '--payment-host', '127.0.0.1', '--payment-port', `${sandbox.port}`];
  args.push('--payment-idempotency', idempotency);
  args.push('--payment-unknown-outcome', settings.paymentUnknownOutcome);
  const intruder = createIntruder(folder, args, tally);
  const excuses = [intruder.excuse, ...(database.excuse === null ? [] : [database.excuse])];
  const restarts = random.fork('restarts');
  const restartAfterMs = (): number => restarts.whole(0, RESTART_MS_MAX);
  const slot = { folder, args, failpoints, tally, excuses, restartAfterMs };
  const servers = await Promise.all(
    Array.from({ length: kind.servers }, (_, index) => openServerSlot({ ...slot, name: `server-${index + 1}` })),
  );
  await Promise.all(servers.map((server) => server.listening()));
  let turn = 0;
  return {
    database,
    sandbox,
    servers,
    victims: { servers, sandbox, intruder: kind.refusesMore ? intruder : null, databaseFaults: database.faults },
    url() {
      const up = servers.flatMap((server) => server.url() ?? []);
      return up[(turn += 1) % up.length] ?? null;
    },
  };
}
