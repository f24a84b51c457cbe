import type { Schema } from './schema.ts';

/** A parameter of a query. All are optional, and given once. */
export interface Parameter {
  readonly description: string;
  readonly schema: Schema;
}
