import type { SeededRandom } from '@reservations/core/testing';
import type { Targets } from '../faults/process-faults.ts';
import type { Database, StoreKind } from '../databases/database.ts';
import { STORE_KINDS } from '../databases/store-kinds.ts';
import { warmUp } from '../processes/child.ts';
import type { FailpointDealer } from '../processes/failpoints.ts';
import { createSecondServer } from '../processes/second-server.ts';
import { openSandbox, type Sandbox } from '../processes/sandbox.ts';
import { openServerSlot, type ServerSlot } from '../processes/server-slot.ts';
import type { TortureSettings } from '../settings.ts';
import type { Counters } from '../evidence/counters.ts';

/** Running servers with their database and payment service. */
export interface SystemUnderTest {
  readonly database: Database;
  readonly sandbox: Sandbox;
  readonly servers: readonly ServerSlot[];
  readonly targets: Targets;
  /** The URL of a listening server, of the next one at each call; null without one. */
  readonly url: () => string | null;
}

export interface SystemOptions {
  readonly settings: TortureSettings;
  readonly folder: string;
  readonly random: SeededRandom;
  readonly failpoints: FailpointDealer;
  readonly counters: Counters;
}

const RESTART_MS_MAX = 400;

/** Starts the system. Resolves when every server listens. */
export async function startSystem({
  settings,
  folder,
  random,
  failpoints,
  counters,
}: SystemOptions): Promise<SystemUnderTest> {
  const { paymentIdempotency: idempotency, seed } = settings;
  const kind: StoreKind = STORE_KINDS[settings.store];
  const database = await kind.create(folder);
  await warmUp(folder);
  const sandbox = await openSandbox(folder, idempotency, seed, counters);
  const args = [...database.serverArgs, '--payment-host', '127.0.0.1', '--payment-port', `${sandbox.port}`];
  args.push('--payment-idempotency', idempotency);
  args.push('--payment-unknown-outcome', settings.answerUnknownAs === 'failed' ? 'fail' : 'pending');
  const secondServer = createSecondServer(folder, args, counters);
  const allowedExits = [secondServer.allowedExit, ...(database.allowedExit === null ? [] : [database.allowedExit])];
  const restarts = random.fork('restarts');
  const restartAfterMs = (): number => restarts.integer(0, RESTART_MS_MAX);
  const slot = { folder, args, failpoints, counters, allowedExits, restartAfterMs };
  const servers = await Promise.all(
    Array.from({ length: kind.servers }, (_, index) => openServerSlot({ ...slot, name: `server-${index + 1}` })),
  );
  await Promise.all(servers.map((server) => server.listening()));
  let turn = 0;
  return {
    database,
    sandbox,
    servers,
    targets: {
      servers,
      sandbox,
      secondServer: kind.refusesMore ? secondServer : null,
      databaseFaults: database.faults,
    },
    url() {
      const up = servers.flatMap((server) => server.url() ?? []);
      return up[(turn += 1) % up.length] ?? null;
    },
  };
}
