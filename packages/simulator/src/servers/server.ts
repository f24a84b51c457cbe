import { createReservations, type PaymentGateway, type Reservations, type ReservationStore } from '@reservations/core';
import { createGrpcPaymentGateway } from '@reservations/core/grpc';
import type { PortWrappers } from '../bugs/planted-bug.ts';
import { context } from '../world/context.ts';
import type { Evidence } from '../evidence/evidence.ts';
import { createPaymentChannel } from '../ports/payment-channel.ts';
import { createProcess, type SimProcess, type UuidSource } from '../world/process.ts';
import type { SimPaymentService } from '../ports/payment-service.ts';
import type { CallDeps } from '../faults/process-faults.ts';
import { createSimStore } from '../ports/store.ts';
import type { Swarm } from '../faults/swarm.ts';

/** A server that crashes and is started again. Database and payment service outlive it. */
export interface SimServer {
  readonly name: string;
  /** The present run; null while the server is down. */
  currentRun(): ServerRun | null;
  /** Starts the server, unless it runs. */
  start(): void;
  crash(): void;
  /** Stops gracefully; resolves when the process has ended. */
  stop(): Promise<void>;
}

/** One run of a server: from a start to a crash or the end of a graceful stop. */
export interface ServerRun {
  readonly process: SimProcess;
  readonly engine: Reservations;
}

/** Dependencies that the servers of a simulation share. */
export interface ServerDeps extends CallDeps {
  readonly swarm: Swarm;
  readonly evidence: Evidence;
  readonly database: ReservationStore;
  readonly service: SimPaymentService;
  readonly uuids: UuidSource;
  readonly wrappers: PortWrappers;
  /** The number of the next charge run. */
  nextChargeRun(): number;
}

const SKEW_MS = 60_000;
const DRAIN_MS = 3_000;

/** Builds a server without starting it. */
export function createServer(name: string, deps: ServerDeps): SimServer {
  const { world, random, history, counters } = deps;
  let runs = 0;
  let run: ServerRun | null = null;

  function currentRun(): ServerRun | null {
    return run !== null && run.process.isDead() ? null : run;
  }

  return {
    name,
    currentRun,
    start() {
      if (currentRun() !== null) return;
      runs += 1;
      const skewMs = deps.faults().clockJump > 0 ? random.integer(-SKEW_MS, SKEW_MS) : 0;
      const process = createProcess(`${name}.${runs}`, {
        ...deps,
        random: random.fork(`run ${runs}`),
        mode: deps.swarm.mode,
        skewMs,
      });
      history.add(process.name, `starts, its clock off by ${skewMs} ms`);
      const engine = startEngine(process, { ...deps, random: random.fork(`calls ${runs}`) });
      run = { process, engine };
    },
    crash() {
      const { process } = currentRun() ?? {};
      if (process === undefined) return;
      history.add(process.name, 'crashes');
      counters.crashes += 1;
      process.die();
    },
    async stop() {
      const stopping = currentRun();
      if (stopping === null || stopping.process.stoppingSince !== null) return;
      const { process, engine } = stopping;
      process.stoppingSince = world.now();
      history.add(process.name, 'stops gracefully');
      await context.run({ world, owner: process, charge: null }, () => engine.stop({ drainMs: DRAIN_MS }));
      history.add(process.name, 'has stopped');
      process.die();
    },
  };
}

function startEngine(process: SimProcess, deps: ServerDeps): Reservations {
  const { world, swarm, evidence, wrappers } = deps;
  return context.run({ world, owner: process, charge: null }, () => {
    const channel = createPaymentChannel(deps.service, process, evidence, {
      ...deps,
      mayDuplicate: swarm.mode === 'by-reservation-id',
    });
    const real = createGrpcPaymentGateway({
      host: 'simulated',
      port: 50_051,
      idempotency: swarm.mode,
      ...swarm.charges,
      channel: wrappers.channel?.(channel) ?? channel,
      ...wrappers.gatewayOptions,
    });
    const store = createSimStore(deps.database, process, deps);
    const engine = createReservations({
      store: wrappers.store?.(store, process) ?? store,
      gateway: numberCharges(wrappers.gateway?.(real, process) ?? real, deps, process),
      runtime: process.runtime,
      observer: (observation) => evidence.step.observations.push({ source: process.name, observation }),
      answerUnknownAs: swarm.answerUnknownAs,
      settlement: { ...swarm.settlement, ...wrappers.settlement },
    });
    engine.start();
    return wrappers.engine?.(engine) ?? engine;
  });
}

/** Puts the number and the signal of each charge into the context of its sends. */
function numberCharges(gateway: PaymentGateway, deps: ServerDeps, process: SimProcess): PaymentGateway {
  return {
    idempotency: gateway.idempotency,
    chargesMax: gateway.chargesMax,
    charge(request, options) {
      const charge = { number: deps.nextChargeRun(), isAborted: () => options.signal.aborted };
      return context.run({ world: deps.world, owner: process, charge }, () => gateway.charge(request, options));
    },
    close: () => gateway.close(),
  };
}
