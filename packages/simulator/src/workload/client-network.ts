import {
  type CreateRequest,
  type CreateResult,
  isReservationError,
  type ReservationErrorCode,
  type ReservationSummary,
} from '@reservations/core';
import type { SeededRandom } from '@reservations/core/testing';
import type { Counters } from '../evidence/counters.ts';
import { type CreateAnswer, type Evidence, type Intent, touch } from '../evidence/evidence.ts';
import type { History } from '../evidence/history.ts';
import type { ServerRun, SimServer } from '../servers/server.ts';
import type { FaultRates } from '../faults/fault-rates.ts';
import type { World } from '../world/world.ts';

/** The result of a client's call. */
export type ClientResult<Answer> =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'error' | 'timeout' };

/** The clients' calls to servers, over a network that loses answers. */
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
  readonly counters: Counters;
  faults(): FaultRates;
}

/** Time-out of a client's call. */
const TIMEOUT_MS = 40_000;
/** Errors with which a server may answer; it then has recorded nothing, or cannot know. */
const EXPECTED: readonly ReservationErrorCode[] = ['STORE_UNAVAILABLE', 'STOPPED', 'OVERLOADED'];

/** Bounds of a one-way delay of the network. */
const NETWORK_MS = { min: 1, max: 100 };

/** Builds the network to the servers. Every answer is recorded when the server gives it, whether or not it arrives. */
export function createClientNetwork(deps: ClientNetworkDeps): ClientNetwork {
  const { world, random, history, evidence, counters, faults } = deps;
  const recorder = createAnswerRecorder(evidence);
  const ask = createAsking(deps);

  function noteRefusal(error: unknown, tag: string): never {
    if (isReservationError(error, 'OVERLOADED')) {
      evidence.refused.add(tag);
      counters.refused += 1;
    }
    throw error;
  }

  return {
    create(server, intent, body) {
      const { tag, caller, key } = intent;
      const shownBefore = recorder.shownSoFar();
      const logAtAsking = evidence.log.length;
      const aborting = new AbortController();
      if (random.chance(faults().clientAborts)) world.after(random.integer(0, 8_000), null, () => aborting.abort());
      history.add('client', `asks ${server.name}: ${JSON.stringify(body)}, key ${key}`, tag);
      return ask(server, async ({ process, engine }) => {
        const options = { caller, correlationId: tag, traceparent: `00-${tag}`, signal: aborting.signal };
        const result = await engine
          .create(body, key === null ? options : { ...options, idempotencyKey: key })
          .catch((error: unknown) => noteRefusal(error, tag));
        history.add(process.name, `answers ${describe(result)}`, tag);
        recorder.answered({ intent, kind: result.kind, reservationId: idOf(result), logAtAsking });
        if (result.kind === 'reservation') recorder.shown(result.reservation, shownBefore, intent);
        return result;
      });
    },
    get(server, reservationId) {
      const shownBefore = recorder.shownSoFar();
      return ask(server, async ({ process, engine }) => {
        const summary = await engine.get(reservationId);
        history.add(process.name, `GET: ${summary?.status ?? 'not found'}, version ${summary?.version}`, reservationId);
        if (summary !== null) recorder.shown(summary, shownBefore, null);
        else if (shownBefore.has(reservationId)) recorder.gone(process.name, reservationId);
        return summary;
      });
    },
    list(server, userId) {
      const shownBefore = recorder.shownSoFar();
      return ask(server, async ({ process, engine }) => {
        const { reservations } = await engine.list({ userId });
        history.add(process.name, `lists ${reservations.length} reservations of ${userId}`);
        for (const summary of reservations) recorder.shown(summary, shownBefore, null);
        const listed = new Set<string>(reservations.map(({ reservationId }) => reservationId));
        for (const [id, before] of shownBefore) {
          if (before.userId === userId && !listed.has(id)) recorder.gone(process.name, id);
        }
        return reservations;
      });
    },
  };
}

type Ask = <Answer>(server: SimServer, work: (run: ServerRun) => Promise<Answer>) => Promise<ClientResult<Answer>>;

/** Builds the calls from a client to a server and back. */
function createAsking({ world, random, history, evidence, faults }: ClientNetworkDeps): Ask {
  function recordError({ process }: ServerRun, error: unknown): void {
    history.add(process.name, `answers with an error: ${String(error)}`);
    if (!EXPECTED.some((code) => isReservationError(error, code)))
      evidence.step.undocumentedErrors.push({ source: process.name, error });
  }

  return <Answer>(server: SimServer, work: (run: ServerRun) => Promise<Answer>) =>
    new Promise<ClientResult<Answer>>((resolve) => {
      const deliver = (result: ClientResult<Answer>): void => {
        if (random.chance(faults().answerLost)) return;
        world.after(random.integer(NETWORK_MS.min, NETWORK_MS.max), null, () => resolve(result));
      };
      world.after(TIMEOUT_MS, null, () => resolve({ kind: 'timeout' }));
      world.after(random.integer(NETWORK_MS.min, NETWORK_MS.max), null, () => {
        const run = server.currentRun();
        if (run === null) return deliver({ kind: 'error' });
        world.after(0, run.process, () => {
          work(run).then(
            (answer) => deliver({ kind: 'answer', answer }),
            (error: unknown) => {
              recordError(run, error);
              deliver({ kind: 'error' });
            },
          );
        });
      });
    });
}

/** Records answers as evidence. */
interface AnswerRecorder {
  answered(answer: CreateAnswer): void;
  /** `shownBefore` is what had been shown when the request was sent. */
  shown(summary: ReservationSummary, shownBefore: ReadonlyMap<string, ReservationSummary>, intent: Intent | null): void;
  /** Records that a reservation which was shown before is not found. */
  gone(source: string, reservationId: string): void;
  /** The latest version of each reservation that any client was shown. */
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
      const { latestShown } = reservation;
      if (latestShown === null || latestShown.version < summary.version) reservation.latestShown = summary;
    },
    gone(source, reservationId) {
      evidence.step.undocumentedErrors.push({
        source,
        error: new Error(`${reservationId} was shown before and is gone`),
      });
    },
    shownSoFar() {
      const shown = new Map<string, ReservationSummary>();
      for (const { id, latestShown } of evidence.reservations.values()) {
        if (latestShown !== null) shown.set(id, latestShown);
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
