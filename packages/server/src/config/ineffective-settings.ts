import type { StoreAddress } from './store-address.ts';

/** The settings that decide what others have an effect; undefined when they are wrong by themselves. */
interface Deciding {
  readonly sandbox?: boolean;
  readonly db?: StoreAddress;
  readonly dbNotify?: boolean;
  readonly rateLimit?: string | null;
}

/** The flags and variables that give settings, by their names. */
interface Origins {
  readonly sandbox?: string;
  readonly db?: string;
  readonly dbPool?: string;
  readonly dbNotify?: string;
  readonly trustedProxies?: string;
  readonly paymentHost?: string;
  readonly paymentPort?: string;
  readonly paymentTls?: string;
  readonly paymentBalancing?: string;
}

/** Settings that are given and have no effect: faults of flags, and notes on variables. */
export interface IneffectiveSettings {
  readonly faults: readonly string[];
  readonly notes: readonly string[];
}

/**
 * Finds settings that are given and have no effect beside the others. A flag is a fault: it was written for this start,
 * so that its author expects something of it. A variable is a note: the same environment is often given to many
 * processes, PAYMENT_SERVICE_HOST for example, which Kubernetes and compose files set for a whole project.
 */
export function ineffectiveSettings(deciding: Deciding, origins: Origins): IneffectiveSettings {
  const found = [
    ...(deciding.sandbox === true ? besideSandbox(origins) : []),
    ...(deciding.db?.kind === 'sqlite' ? onSqlite(deciding, origins) : []),
    ...(deciding.rateLimit === null ? [{ origin: origins.trustedProxies, why: 'without --rate-limit' }] : []),
  ];
  const told = (isFlag: boolean): readonly string[] =>
    found
      .filter(({ origin }) => origin?.startsWith('--') === isFlag)
      .map(({ origin, why }) => `${origin}: has no effect ${why}`);
  return { faults: told(true), notes: told(false) };
}

interface Ineffective {
  /** Undefined when it is not given. */
  readonly origin: string | undefined;
  readonly why: string;
}

function besideSandbox({
  sandbox,
  paymentHost,
  paymentPort,
  paymentTls,
  paymentBalancing,
}: Origins): readonly Ineffective[] {
  const why = `beside ${sandbox}, which starts a payment service of its own and uses that`;
  return [paymentHost, paymentPort, paymentTls, paymentBalancing].map((origin) => ({ origin, why }));
}

function onSqlite({ dbNotify: notifies }: Deciding, { db, dbPool, dbNotify }: Origins): readonly Ineffective[] {
  const why = db === undefined ? 'without --db: the default is SQLite' : `on SQLite, which ${db} names`;
  return [dbPool, notifies === true ? dbNotify : undefined].map((origin) => ({ origin, why }));
}
