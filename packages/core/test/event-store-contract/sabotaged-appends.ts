import type { AppendRequest, AppendResult } from '../../src/ports/event-store.ts';
import { EVENTS_ONLY, force, inAppend, type Sabotage } from './sabotage.ts';

const expectedVersion: readonly Sabotage[] = [
  inAppend('the expected version is ignored', (append) => (request) => force(append, request)),
  inAppend(
    '"none" checks nothing',
    (append) => (request) => (request.expected === 'none' ? force(append, request) : append(request)),
  ),
  inAppend(
    'only "none" is checked',
    (append) => (request) => (request.expected === 'none' ? append(request) : force(append, request)),
  ),
  inAppend('a version that the stream has not reached is accepted', (append) => async (request) => {
    const result = await append(request);
    const early = result.kind === 'conflict' && result.actual !== 'none' && result.missed.length === 0;
    return early ? await force(append, request) : result;
  }),
  inAppend('a conflict reports the expected version as the actual one', (append) => async (request) => {
    const result = await append(request);
    return result.kind === 'conflict' ? { ...result, actual: request.expected } : result;
  }),
  inAppend('a conflict on an empty stream reports version 0', (append) => async (request) => {
    const result = await append(request);
    return result.kind === 'conflict' && result.actual === 'none' ? { ...result, actual: 0 } : result;
  }),
  inAppend('a conflict omits the missed events', (append) => async (request) => {
    const result = await append(request);
    return result.kind === 'conflict' ? { ...result, missed: [] } : result;
  }),
  inAppend('a conflict brings the whole stream', (append, store) => async (request) => {
    const result = await append(request);
    if (result.kind !== 'conflict') return result;
    return { ...result, missed: await store.events.readStream(request.stream, { after: 0, limit: 1_000 }) };
  }),
  inAppend('the version is checked, then written, with a pause between', (append, store) => async (request) => {
    const there = await store.events.readStream(request.stream, { after: 0, limit: 1_000 });
    const actual = there.length === 0 ? 'none' : there.length;
    await new Promise<void>((resolve) => setImmediate(resolve));
    return actual === request.expected ? await force(append, request) : await append(request);
  }),
];

const atomicity: readonly Sabotage[] = [
  inAppend('a conflict writes the first event all the same', (append) => async (request) => {
    const result = await append(request);
    if (result.kind === 'conflict') await force(append, { ...request, inlineWrites: EVENTS_ONLY });
    return result;
  }),
  inAppend('a conflict claims the key', (append) => async (request) => {
    const result = await append(request);
    if (result.kind === 'conflict' && request.inlineWrites.key.kind === 'claim') {
      const stream = `${request.stream}-claim`;
      await append({
        ...request,
        stream,
        expected: 'none',
        inlineWrites: { ...EVENTS_ONLY, key: request.inlineWrites.key },
      });
    }
    return result;
  }),
  {
    bug: 'the view is written although the append met a conflict',
    plant(store) {
      const shown = new Map<string, AppendRequest['inlineWrites']['summary']>();
      return {
        ...store,
        events: {
          ...store.events,
          append(request) {
            if (request.inlineWrites.summary !== null) shown.set(request.stream, request.inlineWrites.summary);
            return store.events.append(request);
          },
        },
        view: { ...store.view, find: async (id) => shown.get(id) ?? (await store.view.find(id)) },
      };
    },
  },
  inAppend('only the first of several events is written', (append) => async (request) => {
    const result = await append({ ...request, events: request.events.slice(0, 1) });
    const rest = request.events.length - 1;
    if (result.kind !== 'appended') return result;
    return { ...result, version: result.version + rest, position: result.position + rest };
  }),
  inAppend('an append that fails half-way keeps its events', (append) => async (request) => {
    try {
      return await append(request);
    } catch (error) {
      if (request.events.length > 0) await append({ ...request, inlineWrites: EVENTS_ONLY });
      throw error;
    }
  }),
  inAppend('an append is acknowledged before it is written', (append) => async (request) => {
    const { length } = request.events;
    setImmediate(() => void append(request).catch(() => undefined));
    return { kind: 'appended', version: length, position: length };
  }),
  inAppend('a command is executed again when it is sent again', (append) => {
    let sent = 0;
    return (request) => {
      sent += 1;
      return append({ ...request, commandId: `${request.commandId}-${sent}` });
    };
  }),
  inAppend('a repeated command is recognized only at its own version', (append, store) => async (request) => {
    const there = await store.events.readStream(request.stream, { after: 0, limit: 1_000 });
    const first = there.find(({ commandId }) => commandId === request.commandId);
    const own = first === undefined || first.version === (request.expected === 'none' ? 1 : request.expected + 1);
    return await append(own ? request : { ...request, commandId: `${request.commandId}-again` });
  }),
  inAppend('a command id is unique in the whole store', (append) => {
    const results = new Map<string, AppendResult>();
    return async (request) => {
      const earlier = results.get(request.commandId);
      if (earlier !== undefined) return earlier;
      const result = await append(request);
      if (result.kind === 'appended') results.set(request.commandId, result);
      return result;
    };
  }),
  inAppend(
    'appends of any size are accepted',
    (append) => (request) =>
      request.events.length > 100 ? append({ ...request, events: request.events.slice(0, 100) }) : append(request),
  ),
];

/** Bugs of single and of racing appends. */
export const sabotagedAppends: readonly Sabotage[] = [...expectedVersion, ...atomicity];
