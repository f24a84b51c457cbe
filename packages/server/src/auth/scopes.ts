/** What a principal may do. */
export type Scope = 'reservations:write' | 'reservations:read' | 'reservations:read:all' | 'ops:read' | 'ops:write';

/** Every scope with what it permits, as the documentation says it. */
export const SCOPES: { readonly [Name in Scope]: string } = {
  'reservations:write': 'making reservations',
  'reservations:read': 'reading the reservations that the holder has made',
  'reservations:read:all': 'reading the reservations of every holder; includes `reservations:read`',
  'ops:read':
    'following the events of all reservations (`GET /events`), and reading the state of the server (`GET /health/status`) ' +
    'from another machine',
  'ops:write':
    'nothing in this release: reserved for decisions of operators over HTTP, such as resolving a payment, which are ' +
    '[commands](operations.md#deciding-a-payment) today',
};

/** Names of all scopes. */
export const SCOPE_NAMES: readonly Scope[] = Object.keys(SCOPES) as Scope[];

/** True when a text names a scope, in exactly these letters. */
export function isScope(text: string): text is Scope {
  return Object.hasOwn(SCOPES, text);
}

/** Scopes of a text such as `reservations:write,reservations:read`, or the names in it that are none. */
export type ParsedScopes =
  | { readonly ok: true; readonly scopes: readonly Scope[] }
  | { readonly ok: false; readonly unknown: readonly string[] };

/** Parses scopes separated by commas, in the order of {@link SCOPE_NAMES} and each once. An empty name is unknown. */
export function parseScopes(text: string): ParsedScopes {
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.filter((name) => !isScope(name));
  if (unknown.length > 0) return { ok: false, unknown };
  return { ok: true, scopes: SCOPE_NAMES.filter((scope) => names.includes(scope)) };
}

/** True when a set of scopes permits what needs a scope. */
export function permits(scopes: readonly Scope[], needed: Scope): boolean {
  return scopes.includes(needed) || (needed === 'reservations:read' && scopes.includes('reservations:read:all'));
}
