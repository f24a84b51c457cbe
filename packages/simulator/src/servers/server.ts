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

/** A server that dies and comes back; its database and the payment service outlive it. */
export interface SimServer {
  readonly name: string;
  /** The engine of the present life, or null between two lives. */
  life(): ServerRun | null;
  /** Starts the next life, if there is none. */
  start(): void;
  crash(): void;
  /** Stops in order; the process ends when everything in it has. Resolves then. */
  stop(): Promise<void>;
}

/** From a start to a crash or an orderly end. */
export interface ServerRun {
  readonly process: SimProcess;
  readonly engine: Reservations;
}

/** What the servers of a run share. */
export interface ServerDeps extends CallDeps {
  readonly swarm: Swarm;
  readonly evidence: Evidence;
  readonly database: ReservationStore;
  readonly service: SimPaymentService;
  readonly uuids: UuidSource;
  readonly wrappers: PortWrappers;
  /** The number of the next run of charging. */
  nextRun(): number;
}

const SKEW_MS = 60_000;
const DRAIN_MS = 3_000;

/** Builds a server that has not been started. */
export function createServer(name: string, deps: ServerDeps): SimServer {
  const { world, random, history, counters } = deps;
  let lives = 0;
  let life: ServerRun | null = null;

  function living(): ServerRun | null {
    return life !== null && life.process.isDead() ? null : life;
  }

  return {
    name,
    life: living,
    start() {
      if (living() !== null) return;
      lives += 1;
      const skewMs = deps.faults().clockJump > 0 ? random.integer(-SKEW_MS, SKEW_MS) : 0;
      const process = createProcess(`${name}.${lives}`, {
        ...deps,
        random: random.fork(`life ${lives}`),
        mode: deps.swarm.mode,
        skewMs,
      });
      history.add(process.name, `starts, its clock off by ${skewMs} ms`);
      const engine = startEngine(process, { ...deps, random: random.fork(`calls ${lives}`) });
      life = { process, engine };
    },
    crash() {
      const { process } = living() ?? {};
      if (process === undefined) return;
      history.add(process.name, 'crashes');
      counters.crashes += 1;
      process.die();
    },
    async stop() {
      const stopping = living();
      if (stopping === null || stopping.process.stoppingSince !== null) return;
      const { process, engine } = stopping;
      process.stoppingSince = world.now();
      history.add(process.name, 'stops in order');
      await context.run({ world, owner: process, run: null }, () => engine.stop({ drainMs: DRAIN_MS }));
      history.add(process.name, 'has stopped');
      process.die();
    },
  };
}

function startEngine(process: SimProcess, deps: ServerDeps): Reservations {
  const { world, swarm, evidence, wrappers } = deps;
  return context.run({ world, owner: process, run: null }, () => {
    const wire = createPaymentChannel(deps.service, process, evidence, {
      ...deps,
      mayDuplicate: swarm.mode === 'by-reservation-id',
    });
    const real = createGrpcPaymentGateway({
      host: 'simulated',
      port: 50_051,
      idempotency: swarm.mode,
      channel: wrappers.wire?.(wire) ?? wire,
      ...wrappers.gatewayOptions,
    });
    const store = createSimStore(deps.database, process, deps);
    const engine = createReservations({
      store: wrappers.store?.(store, process) ?? store,
      gateway: countRuns(wrappers.gateway?.(real, process) ?? real, deps, process),
      runtime: process.runtime,
      observer: (observation) => evidence.step.observations.push({ who: process.name, observation }),
      answerUnknownAs: swarm.answerUnknownAs,
      settlement: { ...swarm.settlement, ...wrappers.settlement },
    });
    engine.start();
    return engine;
  });
}

/** Gives every charge a number and its caller's wishes, which its attempts carry, however deep they are made. */
function countRuns(gateway: PaymentGateway, deps: ServerDeps, process: SimProcess): PaymentGateway {
  return {
    idempotency: gateway.idempotency,
    charge(request, options) {
      const run = { number: deps.nextRun(), isAborted: () => options.signal.aborted };
      return context.run({ world: deps.world, owner: process, run }, () => gateway.charge(request, options));
    },
    close: () => gateway.close(),
  };
}
