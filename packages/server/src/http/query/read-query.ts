import type { ParsedUrlQuery } from 'node:querystring';
import type { ValidationEntry } from '../problems/problems.ts';

/** Parameters of a query by their names, or the faults of it. */
export type QueryRead<Name extends string> =
  | { readonly ok: true; readonly values: { readonly [Each in Name]?: string } }
  | { readonly ok: false; readonly entries: readonly ValidationEntry[] };

/** Reads a query that may have the parameters of these names, each once. */
export function readQuery<Name extends string>(query: ParsedUrlQuery, names: readonly Name[]): QueryRead<Name> {
  const entries = Object.entries(query).flatMap(([name, value]): readonly ValidationEntry[] => {
    if (!(names as readonly string[]).includes(name)) return [queryFault(name, 'extra_forbidden', UNKNOWN_TEXT)];
    return typeof value === 'string' ? [] : [queryFault(name, 'value_error', REPEATED_TEXT)];
  });
  return entries.length > 0
    ? { ok: false, entries }
    : { ok: true, values: { ...query } as { [Each in Name]?: string } };
}

const UNKNOWN_TEXT = 'Extra inputs are not permitted';
const REPEATED_TEXT = 'Value error, the parameter should be given once';

/** Returns a fault of a parameter. */
export function queryFault(name: string, type: ValidationEntry['type'], msg: string): ValidationEntry {
  return { loc: ['query', name], msg, type };
}
