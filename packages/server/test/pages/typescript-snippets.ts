import type { Snippet } from './snippets.ts';

/** How a snippet is checked. */
export type Treatment =
  /** A whole program, or one with the set-up that its mark names: it is compiled and run. */
  | { readonly kind: 'run'; readonly given: readonly Given[] }
  /** It is compiled; the mark says why it is not run. */
  | { readonly kind: 'compile'; readonly given: readonly Given[]; readonly why: string }
  /** A program that serves the API below a path: it is started, used and stopped by a signal. */
  | {
      readonly kind: 'serve';
      readonly given: readonly Given[];
      readonly path: string;
      /** How its file is made: run as it is, run as CommonJS, or first compiled with decorators and their metadata. */
      readonly as: 'module' | 'commonjs' | 'decorated';
    }
  /** A file that another test puts together with others of its page. */
  | { readonly kind: 'file'; readonly name: string };

/** Names that a snippet may take for given, with what makes them. */
const SET_UPS = {
  createReservations: "import { createReservations } from '@reservations/core';",
  followEvents: "import { followEvents } from '@reservations/core';",
  store: 'const store = given_memory.createMemoryStore();',
  gateway: 'const gateway = given_testing.createScriptedGateway();',
  reservations:
    'const reservations = given_core.createReservations({ store: given_memory.createMemoryStore(), gateway: given_testing.createScriptedGateway() });',
  client: [
    'const given_parts = { store: given_memory.createMemoryStore(), gateway: given_testing.createScriptedGateway() };',
    'const given_server = await given_http.startServer({ ...given_parts, reservations: given_core.createReservations(given_parts) });',
    'const client = given_client.createClient({ baseUrl: given_server.url });',
  ].join(' '),
  reservationId: "const { reservationId } = await client.create({ user_id: 'ada', amount: 10.5 });",
  signal: 'const signal = AbortSignal.timeout(200);',
  lastPosition: 'const lastPosition = 0;',
  sendMail:
    'async function sendMail(recorded: given_core.FeedEvent, options: { readonly signal: AbortSignal }): Promise<void> { await Promise.resolve([recorded, options]); }',
  handle: 'async function handle(recorded: given_core.FeedEvent): Promise<void> { await Promise.resolve(recorded); }',
  report: 'const report = new Set<given_core.FeedEvent>();',
  page: 'function page(kind: string, about: string, detail: string): void { given_seen.push(kind, about, detail); }',
} as const;

/** A name that a snippet may take for given. */
export type Given = keyof typeof SET_UPS;

const COMMON = [
  "import * as given_core from '@reservations/core';",
  "import * as given_memory from '@reservations/core/memory';",
  "import * as given_testing from '@reservations/core/testing';",
  "import * as given_http from '@reservations/server';",
  "import * as given_client from '@reservations/server/client';",
  'const given_seen: unknown[] = [given_core, given_memory, given_testing, given_http, given_client];',
  'given_seen.pop();',
];

/**
 * Reads a snippet's mark: `given store, gateway`, `compiled only: why`, `served at /path`, one of these behind the first
 * with a semicolon between, or `file name`. Before `served at` there may be `CommonJS` or `built with decorators`. Without a mark the snippet is a whole program. @throws {Error} for any other mark.
 */
export function treatmentOf({ at, mark }: Snippet): Treatment {
  if (mark === null) return { kind: 'run', given: [] };
  const [, file] = /^file (\S+)$/.exec(mark) ?? [];
  if (file !== undefined) return { kind: 'file', name: file };
  const [, names, why, form, path] = MARK.exec(mark) ?? [];
  if (names === undefined && why === undefined && path === undefined) throw new Error(`${at}: no such mark: ${mark}`);
  const given = (names ?? '').split(', ').filter((name) => name !== '');
  const unknown = given.filter((name) => !isGiven(name));
  if (unknown.length > 0) throw new Error(`${at}: no set-up for ${unknown.join(', ')}`);
  if (path !== undefined) return { kind: 'serve', given: given.filter(isGiven), path, as: formOf(form) };
  return why === undefined
    ? { kind: 'run', given: given.filter(isGiven) }
    : { kind: 'compile', given: given.filter(isGiven), why };
}

const MARK =
  /^(?:given ([\w, ]+?))?(?:(?:; |^)compiled only: (\S.*)|(?:; |^)(?:(CommonJS|built with decorators); )?served at (\/\S*))?$/;

function formOf(form: string | undefined): 'module' | 'commonjs' | 'decorated' {
  if (form === undefined) return 'module';
  return form === 'CommonJS' ? 'commonjs' : 'decorated';
}

function isGiven(name: string): name is Given {
  return Object.hasOwn(SET_UPS, name);
}

/** What ends a set-up, behind the snippet. */
const ENDS: Readonly<Partial<Record<Given, string>>> = { client: 'await given_server.stop();\n' };

/** Puts the set-up before a snippet, on one line, so that line numbers differ by one, and its end behind it. */
export function programOf(text: string, given: readonly Given[]): string {
  const setUp = given.length === 0 ? ['export {};'] : [...COMMON, ...given.map((name) => SET_UPS[name])];
  return `${setUp.join(' ')}\n${text}${given.map((name) => ENDS[name] ?? '').join('')}`;
}
