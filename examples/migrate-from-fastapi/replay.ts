import { type Comparison, compareAnswers } from './compare.ts';
import { type Exchange, type RecordedAnswer, type RecordedRequest, send } from './exchange.ts';

/** What is replayed where. */
export interface ReplayOptions {
  readonly exchanges: readonly Exchange[];
  /** Base URL of the new service. */
  readonly current: string;
  /** Base URL of the old service; null compares with the answers of the recording. */
  readonly old: string | null;
}

/** One request and what became of it. */
export interface Replayed extends Comparison {
  readonly request: RecordedRequest;
  readonly old: RecordedAnswer;
  readonly current: RecordedAnswer;
}

const RESERVATION_ID = /RES-[0-9A-Za-z-]+/;

/**
 * Sends the requests one after the other, in their order, and yields each with its comparison. A reservation has another
 * id in each service: the id of a recorded answer is replaced by the one that the service gave to the same request.
 */
export async function* replay({ exchanges, current, old }: ReplayOptions): AsyncGenerator<Replayed, void> {
  const ids = { old: new Map<string, string>(), current: new Map<string, string>() };
  for (const { request, answer } of exchanges) {
    const before = old === null ? answer : await send(old, withIds(request, ids.old));
    const now = await send(current, withIds(request, ids.current));
    learn(ids.old, answer, before);
    learn(ids.current, answer, now);
    yield { request, old: before, current: now, ...compareAnswers(before, now) };
  }
}

function withIds(request: RecordedRequest, ids: ReadonlyMap<string, string>): RecordedRequest {
  return { ...request, path: request.path.replace(RESERVATION_ID, (id) => ids.get(id) ?? id) };
}

/** Remembers which reservation of a service stands for the recorded one. */
function learn(ids: Map<string, string>, recorded: RecordedAnswer, given: RecordedAnswer): void {
  const from = RESERVATION_ID.exec(recorded.body)?.[0];
  const to = RESERVATION_ID.exec(given.body)?.[0];
  if (from !== undefined && to !== undefined) ids.set(from, to);
}
