import type { OperationName } from './operations.ts';

/** An answer that was recorded for the document. */
export interface Example {
  readonly operation: OperationName;
  readonly status: number;
  /** Unique among the examples of the operation with this status. */
  readonly name: string;
  readonly summary: string;
  /** Body of the request, for an example of it. */
  readonly request?: unknown;
  /** Body of the answer. */
  readonly value: unknown;
}
