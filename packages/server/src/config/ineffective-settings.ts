import type { AuthMode } from './http-settings.ts';
import type { JwtConfig } from './jwt-settings.ts';
import type { SettingOrigins } from './settings.ts';
import type { StoreAddress } from './store-address.ts';

/** The settings that decide what others have an effect; undefined when they are wrong by themselves. */
interface Deciding {
  readonly sandbox?: boolean;
  readonly db?: StoreAddress;
  readonly dbNotify?: boolean;
  readonly rateLimit?: string | null;
  readonly auth?: AuthMode;
  readonly jwtJwksFile?: string | null;
}

/** The flags and variables that give settings, by their names. */
interface Origins extends SettingOrigins<JwtConfig> {
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
    ...besideTokens(deciding, origins),
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

/** On an open server those that say whose tokens are accepted are faults: see the checks of tokens. */
function besideTokens({ auth, jwtJwksFile }: Deciding, origins: Origins): readonly Ineffective[] {
  const { jwtIssuer, jwtAudience, jwtAlgorithms, jwtJwksUrl, jwtJwksFile: file } = origins;
  const { jwtJwksCacheMs, jwtJwksCooldownMs, jwtJwksTimeoutMs, jwtClockToleranceMs } = origins;
  const told = (given: readonly (string | undefined)[], why: string): readonly Ineffective[] =>
    given.map((origin) => ({ origin, why }));
  const times = [jwtJwksCacheMs, jwtJwksCooldownMs, jwtJwksTimeoutMs, jwtClockToleranceMs];
  if (auth === undefined) return [];
  if (auth === 'jwt') return typeof jwtJwksFile === 'string' ? told([jwtJwksTimeoutMs], 'beside a file of keys') : [];
  const whose = auth === 'api-key' ? [jwtIssuer, jwtAudience, jwtAlgorithms, jwtJwksUrl, file] : [];
  return told([...whose, ...times], 'without --auth jwt');
}

function onSqlite({ dbNotify: notifies }: Deciding, { db, dbPool, dbNotify }: Origins): readonly Ineffective[] {
  const why = db === undefined ? 'without --db: the default is SQLite' : `on SQLite, which ${db} names`;
  return [dbPool, notifies === true ? dbNotify : undefined].map((origin) => ({ origin, why }));
}
