import type { Scope } from '../../auth/scopes.ts';
import type { ProblemCode } from '../problems/problems.ts';
import type { AnswerHeader, RequestHeader } from './headers.ts';
import type { Parameter } from './parameter.ts';
import type { SchemaName } from './schemas.ts';

/** An answer of an operation that is no error. */
export interface Answer {
  readonly status: number;
  readonly description: string;
  /** Schema of a JSON body. */
  readonly body?: SchemaName;
  /** Content types of a body that is not JSON. */
  readonly types?: readonly string[];
  /** Beside those of every answer. */
  readonly headers?: readonly AnswerHeader[];
}

/** What a request can be answered with. */
export interface Answers {
  readonly answers: readonly Answer[];
  /** Errors, beside those of every request. */
  readonly problems: readonly ProblemCode[];
}

/** A method of a path: what it takes and what it answers. `HEAD` of a path is its `GET` without the body. */
export interface Operation extends Answers {
  /** Names the function of generated clients; made as FastAPI makes it, and never changed. */
  readonly operationId: string;
  readonly method: 'get' | 'post';
  /** Parameters in braces. */
  readonly path: `/${string}`;
  readonly tag: 'reservations' | 'health' | 'service';
  /** What the sender must hold when authentication is on; null for an operation that shows no data and is open to all. */
  readonly scope: Scope | null;
  /** True for an operation that needs no credential from the machine itself. */
  readonly isOpenToThisMachine?: true;
  /** True for an operation whose answers no page of another origin may read. */
  readonly isHiddenFromPages?: true;
  readonly summary: string;
  readonly description?: string;
  /** Parameters of the path with their descriptions. */
  readonly parameters?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, Parameter>>;
  /** Beside those of every operation. */
  readonly headers?: readonly RequestHeader[];
  readonly body?: SchemaName;
  /** False for an operation that the rate limit does not count. */
  readonly isLimited?: boolean;
  /** False for an operation that describes the others: it is not in the document. */
  readonly isListed?: boolean;
}

/** Headers of an answer that a client may keep, and ask for again with `If-None-Match`. */
export const VALIDATORS: readonly AnswerHeader[] = ['ETag', 'Cache-Control'];

/** Describes 304. */
export const NOT_MODIFIED = 'The client has what it asks for, as it is now.';
