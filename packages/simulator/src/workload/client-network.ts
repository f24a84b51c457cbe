import { type CreateRequest, type CreateResult, isReservationError, type ReservationSummary } from '@reservations/core';
import { type CreateAnswer, type Evidence, type Intent, touch } from '../evidence/evidence.ts';
import type { History } from '../evidence/history.ts';
import type { SeededRandom } from '../world/seeded-random.ts';
import type { ServerRun, SimServer } from '../servers/server.ts';
import type { FaultRates } from '../faults/swarm.ts';
import type { World } from '../world/world.ts';

/** What a client hears: an answer, an error, or nothing at all. */
export type ClientResult<Answer> =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'error' | 'silence' };

/** What clients call: any server, over a network that loses answers. */
export interface ClientNetwork {
  create(server: SimServer, intent: Intent, body: CreateRequest): Promise<ClientResult<CreateResult>>;
  get(server: SimServer, reservationId: string): Promise<ClientResult<ReservationSummary | null>>;
  list(server: SimServer, userId: string): Promise<ClientResult<readonly ReservationSummary[]>>;
}

export interface ClientNetworkDeps {
  readonly world: World;
  readonly random: SeededRandom;
  readonly history: History;
  readonly evidence: Evidence;
  faults(): FaultRates;
}

/** How long a client waits. */
const PATIENCE_MS = 40_000;
const WAY_MS = { min: 1, max: 100 };

/** Builds the way to the servers; every answer is noted when the server gives it, whether or not it arrives. */
export function createClientNetwork(deps: ClientNetworkDeps): ClientNetwork {
  const { world, random, history, evidence, faults } = deps;
  const witness = createAnswerRecorder(evidence);
  const ask = createAsking(deps);

  return {
    create(server, intent, body) {
      const { tag, caller, key } = intent;
      const shownBefore = witness.shownSoFar();
      const logAtAsking = evidence.log.length;
      const leaves = new AbortController();
      if (random.chance(faults().clientAborts)) world.after(random.integer(0, 8_000), null, () => leaves.abort());
      history.add('client', `asks ${server.name}: ${JSON.stringify(body)}, key ${key}`, tag);
      return ask(server, async ({ process, engine }) => {
        const options = { caller, correlationId: tag, traceparent: `00-${tag}`, signal: leaves.signal };
        const result = await engine.create(body, key === null ? options : { ...options, idempotencyKey: key });
        history.add(process.name, `answers ${describe(result)}`, tag);
        witness.answered({ intent, kind: result.kind, reservationId: idOf(result), logAtAsking });
        if (result.kind === 'reservation') witness.shown(result.reservation, shownBefore, intent);
        return result;
      });
    },
    get(server, reservationId) {
      const shownBefore = witness.shownSoFar();
      return ask(server, async ({ process, engine }) => {
        const summary = await engine.get(reservationId);
        history.add(process.name, `GET: ${summary?.status ?? 'not found'}, version ${summary?.version}`, reservationId);
        if (summary !== null) witness.shown(summary, shownBefore, null);
        else if (shownBefore.has(reservationId)) witness.gone(process.name, reservationId);
        return summary;
      });
    },
    list(server, userId) {
      const shownBefore = witness.shownSoFar();
      return ask(server, async ({ process, engine }) => {
        const { reservations } = await engine.list({ userId });
        history.add(process.name, `lists ${reservations.length} reservations of ${userId}`);
        for (const summary of reservations) witness.shown(summary, shownBefore, null);
        const listed = new Set<string>(reservations.map(({ reservationId }) => reservationId));
        for (const [id, before] of shownBefore) {
          if (before.userId === userId && !listed.has(id)) witness.gone(process.name, id);
        }
        return reservations;
      });
    },
  };
}

type Ask = <Answer>(server: SimServer, work: (life: ServerRun) => Promise<Answer>) => Promise<ClientResult<Answer>>;

/** A call from a client to a server and back, if the server lives and the answer is not lost. */
function createAsking({ world, random, history, evidence, faults }: ClientNetworkDeps): Ask {
  function noteError({ process }: ServerRun, error: unknown): void {
    history.add(process.name, `answers with an error: ${String(error)}`);
    const isExpected = isReservationError(error, 'STORE_UNAVAILABLE') || isReservationError(error, 'STOPPED');
    if (!isExpected) evidence.step.undocumentedErrors.push({ who: process.name, error });
  }

  return <Answer>(server: SimServer, work: (life: ServerRun) => Promise<Answer>) =>
    new Promise<ClientResult<Answer>>((resolve) => {
      const deliver = (result: ClientResult<Answer>): void => {
        if (random.chance(faults().answerLost)) return;
        world.after(random.integer(WAY_MS.min, WAY_MS.max), null, () => resolve(result));
      };
      world.after(PATIENCE_MS, null, () => resolve({ kind: 'silence' }));
      world.after(random.integer(WAY_MS.min, WAY_MS.max), null, () => {
        const life = server.life();
        if (life === null) return deliver({ kind: 'error' });
        world.after(0, life.process, () => {
          work(life).then(
            (answer) => deliver({ kind: 'answer', answer }),
            (error: unknown) => {
              noteError(life, error);
              deliver({ kind: 'error' });
            },
          );
        });
      });
    });
}

/** Notes what was answered, as evidence. */
interface AnswerRecorder {
  answered(answer: CreateAnswer): void;
  /** `shownBefore` is what had been shown when the question was asked. */
  shown(summary: ReservationSummary, shownBefore: ReadonlyMap<string, ReservationSummary>, intent: Intent | null): void;
  /** A reservation that was shown before cannot be found. */
  gone(who: string, reservationId: string): void;
  /** The furthest that was shown of each reservation so far, to anybody. */
  shownSoFar(): ReadonlyMap<string, ReservationSummary>;
}

function createAnswerRecorder(evidence: Evidence): AnswerRecorder {
  return {
    answered(answer) {
      evidence.step.answers.push(answer);
    },
    shown(summary, shownBefore, intent) {
      const reservation = touch(evidence, summary.reservationId);
      const durableVersion = reservation.events.length;
      const before = shownBefore.get(summary.reservationId) ?? null;
      const sendsBefore = reservation.sends.length;
      reservation.shown.push({ summary, durableVersion, sendsBefore, shownBefore: before, intent });
      const { furthestShown } = reservation;
      if (furthestShown === null || furthestShown.version < summary.version) reservation.furthestShown = summary;
    },
    gone(who, reservationId) {
      evidence.step.undocumentedErrors.push({ who, error: new Error(`${reservationId} was shown before and is gone`) });
    },
    shownSoFar() {
      const shown = new Map<string, ReservationSummary>();
      for (const { id, furthestShown } of evidence.reservations.values()) {
        if (furthestShown !== null) shown.set(id, furthestShown);
      }
      return shown;
    },
  };
}

function idOf(result: CreateResult): CreateAnswer['reservationId'] {
  switch (result.kind) {
    case 'reservation':
      return result.reservation.reservationId;
    case 'key-in-progress':
      return result.reservationId;
    case 'invalid':
    case 'key-reused':
      return null;
  }
}

function describe(result: CreateResult): string {
  switch (result.kind) {
    case 'reservation': {
      const { status, stage, reservationId, version } = result.reservation;
      return `${status} (${stage}, version ${version}) ${reservationId}${result.replayed ? ', replayed' : ''}`;
    }
    case 'invalid':
      return `invalid: ${result.faults.map((fault) => `${fault.field} ${fault.code}`).join(', ')}`;
    case 'key-in-progress':
      return `key in progress, ${result.reservationId}`;
    case 'key-reused':
      return 'key reused';
  }
}
