import { type CreateRequest, type CreateResult, isReservationError, type ReservationSummary } from '@reservations/core';
import { type CreateAnswer, type Facts, type Intent, touch } from '../evidence/evidence.ts';
import type { History } from '../evidence/history.ts';
import type { Random } from '../world/seeded-random.ts';
import type { Life, SimServer } from '../servers/server.ts';
import type { Faults } from '../faults/swarm.ts';
import type { World } from '../world/world.ts';

/** What a client hears: an answer, an error, or nothing at all. */
export type Heard<Answer> =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'error' | 'silence' };

/** What clients call: any server, over a network that loses answers. */
export interface FrontDoor {
  create(server: SimServer, intent: Intent, body: CreateRequest): Promise<Heard<CreateResult>>;
  get(server: SimServer, reservationId: string): Promise<Heard<ReservationSummary | null>>;
  list(server: SimServer, userId: string): Promise<Heard<readonly ReservationSummary[]>>;
}

export interface FrontDoorParts {
  readonly world: World;
  readonly random: Random;
  readonly history: History;
  readonly facts: Facts;
  faults(): Faults;
}

/** How long a client waits. */
const PATIENCE_MS = 40_000;
const WAY_MS = { min: 1, max: 100 };

/** Builds the way to the servers; every answer is noted when the server gives it, whether or not it arrives. */
export function createFrontDoor(parts: FrontDoorParts): FrontDoor {
  const { world, random, history, facts, faults } = parts;
  const witness = createWitness(facts);
  const ask = createAsking(parts);

  return {
    create(server, intent, body) {
      const { tag, caller, key } = intent;
      const shownBefore = witness.shownSoFar();
      const logAtAsking = facts.log.length;
      const leaves = new AbortController();
      if (random.chance(faults().clientAborts)) world.after(random.int(0, 8_000), null, () => leaves.abort());
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

type Ask = <Answer>(server: SimServer, work: (life: Life) => Promise<Answer>) => Promise<Heard<Answer>>;

/** A call from a client to a server and back, if the server lives and the answer is not lost. */
function createAsking({ world, random, history, facts, faults }: FrontDoorParts): Ask {
  function noteError({ process }: Life, error: unknown): void {
    history.add(process.name, `answers with an error: ${String(error)}`);
    const isExpected = isReservationError(error, 'STORE_UNAVAILABLE') || isReservationError(error, 'STOPPED');
    if (!isExpected) facts.fresh.surprises.push({ who: process.name, error });
  }

  return <Answer>(server: SimServer, work: (life: Life) => Promise<Answer>) =>
    new Promise<Heard<Answer>>((resolve) => {
      const hear = (heard: Heard<Answer>): void => {
        if (random.chance(faults().answerLost)) return;
        world.after(random.int(WAY_MS.min, WAY_MS.max), null, () => resolve(heard));
      };
      world.after(PATIENCE_MS, null, () => resolve({ kind: 'silence' }));
      world.after(random.int(WAY_MS.min, WAY_MS.max), null, () => {
        const life = server.life();
        if (life === null) return hear({ kind: 'error' });
        world.after(0, life.process, () => {
          work(life).then(
            (answer) => hear({ kind: 'answer', answer }),
            (error: unknown) => {
              noteError(life, error);
              hear({ kind: 'error' });
            },
          );
        });
      });
    });
}

/** Notes what was answered, as evidence. */
interface Witness {
  answered(answer: CreateAnswer): void;
  /** `shownBefore` is what had been shown when the question was asked. */
  shown(summary: ReservationSummary, shownBefore: ReadonlyMap<string, ReservationSummary>, intent: Intent | null): void;
  /** A reservation that was shown before cannot be found. */
  gone(who: string, reservationId: string): void;
  /** The furthest that was shown of each reservation so far, to anybody. */
  shownSoFar(): ReadonlyMap<string, ReservationSummary>;
}

function createWitness(facts: Facts): Witness {
  return {
    answered(answer) {
      facts.fresh.answers.push(answer);
    },
    shown(summary, shownBefore, intent) {
      const reservation = touch(facts, summary.reservationId);
      const durableVersion = reservation.events.length;
      const before = shownBefore.get(summary.reservationId) ?? null;
      const sendsBefore = reservation.sends.length;
      reservation.shown.push({ summary, durableVersion, sendsBefore, shownBefore: before, intent });
      const { furthestShown } = reservation;
      if (furthestShown === null || furthestShown.version < summary.version) reservation.furthestShown = summary;
    },
    gone(who, reservationId) {
      facts.fresh.surprises.push({ who, error: new Error(`${reservationId} was shown before and is gone`) });
    },
    shownSoFar() {
      const shown = new Map<string, ReservationSummary>();
      for (const { id, furthestShown } of facts.reservations.values()) {
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
