/** Environment variables by their names. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Returns the environment of this process. No other file touches it; they take it as a value. */
export function processEnvironment(): Environment {
  return process.env;
}

/** Environment variable that names the place where the process kills itself, for tests of crashes. */
export const FAILPOINT_VARIABLE = 'RESERVATIONS_FAILPOINT';

/** Returns the failpoint that the environment names, null for none. */
export function failpointIn(env: Environment): string | null {
  const setting = env[FAILPOINT_VARIABLE] ?? '';
  return setting === '' ? null : setting;
}

/** Returns the width of the terminal as the shell exports it, unchecked. */
export function columnsIn(env: Environment): string | undefined {
  return env['COLUMNS'];
}

/** Returns the program that the shell started, which is "nohup" when that started this one; "" when it is not known. */
export function startedProgramIn(env: Environment): string {
  return env['_'] ?? '';
}
