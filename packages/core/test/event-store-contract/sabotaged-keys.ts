import type { KeyChange, KeyName } from '../../src/ports/inline-writes.ts';
import type { AppendRequest, AppendResult } from '../../src/ports/event-store.ts';
import { type Append, EVENTS_ONLY, inAppend, type Sabotage } from './sabotage.ts';

function withKey(request: AppendRequest, key: KeyChange): AppendRequest {
  return { ...request, inlineWrites: { ...request.inlineWrites, key } };
}

/** The same append with another name for its key. */
function renamed(request: AppendRequest, rename: (name: KeyName) => KeyName): AppendRequest {
  const { key } = request.inlineWrites;
  return key.kind === 'keep' ? request : withKey(request, { ...key, ...rename(key) });
}

const claims: readonly Sabotage[] = [
  inAppend('keys are not claimed', (append) => (request) => append(withKey(request, { kind: 'keep' }))),
  inAppend(
    'keys are shared by all callers',
    (append) => (request) => append(renamed(request, (name) => ({ ...name, scope: '' }))),
  ),
  inAppend(
    'scope and key are joined to one text',
    (append) => (request) => append(renamed(request, ({ scope, key }) => ({ scope: '', key: `${scope}:${key}` }))),
  ),
  inAppend('a taken key is answered with the new fingerprint', (append) => async (request) => {
    const result = await append(request);
    const { key } = request.inlineWrites;
    return result.kind === 'key-taken' && key.kind === 'claim' ? { ...result, fingerprint: key.fingerprint } : result;
  }),
  inAppend('the events are written although the key is taken', (append) => async (request) => {
    const result = await append(request);
    if (result.kind === 'key-taken') await append({ ...request, inlineWrites: EVENTS_ONLY });
    return result;
  }),
];

/** Frees the key of a release also when `isFreed` says so: under its name the store inside is asked for another key. */
function alsoFreeing(
  append: Append,
  isFreed: (request: AppendRequest, result: AppendResult, isRepeated: boolean) => boolean,
  nameOf: (key: KeyName) => string = ({ scope, key }) => JSON.stringify([scope, key]),
): Append {
  const freed = new Map<string, number>();
  const seen = new Set<string>();
  return async (request) => {
    const { key } = request.inlineWrites;
    if (key.kind === 'keep') return await append(request);
    const name = nameOf(key);
    const command = JSON.stringify([request.stream, request.commandId]);
    const times = freed.get(name) ?? 0;
    const own = times === 0 ? request : renamed(request, (known) => ({ ...known, key: `${known.key} ${times}` }));
    const result = await append(own);
    if (key.kind === 'release' && isFreed(request, result, seen.has(command))) freed.set(name, times + 1);
    seen.add(command);
    return result;
  };
}

const releases: readonly Sabotage[] = [
  inAppend('keys are never released', (append) => (request) => {
    return append(request.inlineWrites.key.kind === 'release' ? withKey(request, { kind: 'keep' }) : request);
  }),
  inAppend('a key is released whatever stream it is bound to', (append) =>
    alsoFreeing(append, (_, { kind }, isRepeated) => kind === 'appended' && !isRepeated),
  ),
  inAppend('a repeated append releases the key again', (append) =>
    alsoFreeing(append, (_, { kind }, isRepeated) => kind === 'appended' && isRepeated),
  ),
  inAppend('an append that meets a conflict releases the key', (append) =>
    alsoFreeing(append, (_, { kind }) => kind === 'conflict'),
  ),
  inAppend('an append that lost its lease releases the key', (append) =>
    alsoFreeing(append, (_, { kind }) => kind === 'lease-lost'),
  ),
  inAppend('a release frees the key of every caller', (append) =>
    alsoFreeing(
      append,
      (_, { kind }, isRepeated) => kind === 'appended' && !isRepeated,
      ({ key }) => key,
    ),
  ),
  inAppend('a release of a key that another stream holds refuses the append', (append) => {
    const holders = new Map<string, { readonly stream: string; readonly fingerprint: string }>();
    return async (request) => {
      const { key } = request.inlineWrites;
      if (key.kind === 'keep') return await append(request);
      const name = JSON.stringify([key.scope, key.key]);
      const holder = holders.get(name);
      if (key.kind === 'release' && holder !== undefined && holder.stream !== request.stream) {
        return { kind: 'key-taken', ...holder };
      }
      const result = await append(request);
      if (result.kind !== 'appended') return result;
      if (key.kind === 'claim') holders.set(name, { stream: request.stream, fingerprint: key.fingerprint });
      else holders.delete(name);
      return result;
    };
  }),
];

/** Bugs in how keys are claimed and released. */
export const sabotagedKeys: readonly Sabotage[] = [...claims, ...releases];
