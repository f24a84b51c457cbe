/** Facts about the drivers that settings depend on. The composition passes them in, so that this folder loads no driver. */
export interface DriverFacts {
  /** Reads a postgres:// URL. Faults show no secret. */
  parsePostgresUrl(text: string): PostgresUrlRead;
  /** Connections of one process to PostgreSQL. */
  readonly postgresPool: { readonly default: number; readonly max: number };
  /** Time without a charge after which the connection to the payment service is closed, in milliseconds. */
  readonly paymentIdleTimeoutMs: { readonly min: number; readonly default: number; readonly max: number };
  /** Charges under way in one process, and as many that wait for their turn. */
  readonly paymentConcurrency: { readonly default: number; readonly max: number };
}

/** A URL that the driver of PostgreSQL takes, or its faults. */
export type PostgresUrlRead =
  | {
      readonly kind: 'url';
      /** `user` is null when the URL names none; `place` is host, port and database, for messages. */
      readonly url: { readonly user: string | null; readonly place: string };
    }
  | { readonly kind: 'faults'; readonly faults: readonly string[] };
