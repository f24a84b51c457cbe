import { isIPv6 } from 'node:net';
import type { DriverFacts } from './driver-facts.ts';
import type { Setting } from './settings.ts';
import {
  describeAddress,
  explainStoreAddress,
  parseStoreAddress,
  STORE_ADDRESS_EXPECTED,
  type StoreAddress,
} from './store-address.ts';

/** The part of a setting that differs within a kind. */
type Naming = Pick<Setting<unknown>, 'flag' | 'env' | 'fallbackEnv' | 'description'>;

/** A text that is not empty; `value` names what it stands for. */
export function textSetting<Default extends string | null>(
  naming: Naming & { readonly value: string; readonly default: Default },
): Setting<string | Default> {
  return { ...naming, expected: 'a text that is not empty', parse: (text) => (text === '' ? undefined : text) };
}

/** A host as the drivers take it: a name or an address. */
export function hostSetting(naming: Naming & { readonly value: string; readonly default: string }): Setting<string> {
  return { ...naming, expected: HOST_EXPECTED, parse: parseHost };
}

/** The same, and none by default. */
export function hostOrNoneSetting(
  naming: Naming & { readonly value: string; readonly default: null },
): Setting<string | null> {
  return { ...naming, expected: HOST_EXPECTED, parse: parseHost };
}

const HOST_EXPECTED = 'a name or an address, without a scheme or a port';

function parseHost(text: string): string | undefined {
  const isAddress = isIPv6(text) && !text.includes('%');
  return /^[\w.-]+$/.test(text) || isAddress ? text : undefined;
}

/** A store's address; see {@link StoreAddress}. */
export function storeSetting(
  naming: Naming & { readonly default: StoreAddress },
  drivers: Pick<DriverFacts, 'parsePostgresUrl'>,
): Setting<StoreAddress> {
  return {
    ...naming,
    value: 'FILE',
    expected: STORE_ADDRESS_EXPECTED,
    parse: (text) => parseStoreAddress(text, drivers),
    explain: (text) => explainStoreAddress(text, drivers),
    describe: describeAddress,
  };
}

/** A whole number within bounds. */
export function wholeNumberSetting(
  naming: Naming & { readonly min: number; readonly max: number; readonly default: number },
): Setting<number> {
  const { min, max, ...rest } = naming;
  return {
    ...rest,
    value: 'N',
    expected: `a whole number from ${min} to ${max}`,
    parse(text) {
      const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
      return number >= min && number <= max ? number : undefined;
    },
  };
}

const PORT_MAX = 65_535;

/** What Kubernetes writes into `NAME_PORT` of every pod beside a Service called NAME: `tcp://10.96.12.7:50051`. */
const SERVICE_LINK = /^tcp:\/\/(?:[\d.]+|\[[\da-f:.]+\]):(\d+)$/i;

/** A port. A Service that Kubernetes links under the name of the variable stands for its port. */
export function portSetting(naming: Naming & { readonly min: 0 | 1; readonly default: number }): Setting<number> {
  const setting = wholeNumberSetting({ ...naming, max: PORT_MAX });
  return { ...setting, parse: (text) => setting.parse(SERVICE_LINK.exec(text)?.[1] ?? text) };
}

/** One of a few words, in upper or lower case; `aliases` are other words for them, in lower case. */
export function choiceSetting<Choice extends string>(
  naming: Naming & {
    readonly choices: readonly Choice[];
    readonly default: Choice;
    readonly aliases?: Readonly<Record<string, Choice>>;
  },
): Setting<Choice> {
  const { choices, aliases = {}, ...rest } = naming;
  const words = new Map<string, Choice>([
    ...Object.entries(aliases),
    ...choices.map((choice) => [choice.toLowerCase(), choice] as const),
  ]);
  return {
    ...rest,
    value: choices.join('|'),
    expected: `one of ${choices.join(', ')}`,
    parse: (text) => words.get(text.toLowerCase()),
  };
}

const SWITCH_VALUES: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['false', false],
]);

/** On or off, in upper or lower case; off unless it is given. */
export function switchSetting(naming: Naming): Setting<boolean> {
  return {
    ...naming,
    value: null,
    default: false,
    expected: 'true or false',
    parse: (text) => SWITCH_VALUES.get(text.toLowerCase()),
  };
}
