/** The location of a cluster. */
export interface ClusterAddress {
  /** The URL of its database "postgres", as superuser. */
  readonly url: string;
  /** The directory of its files. */
  readonly directory: string;
}

/** Settings of a server by their names. */
export type Settings = Readonly<Record<string, string>>;
