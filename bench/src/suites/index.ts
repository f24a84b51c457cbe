import { append } from './append.ts';
import { follow, lone } from './follow.ts';
import { growth } from './growth.ts';
import { http } from './http.ts';
import { mixed } from './mixed.ts';
import { overload } from './overload.ts';
import { processes } from './processes.ts';
import { read } from './read.ts';
import { readers } from './readers.ts';
import { reservation } from './reservation.ts';
import { servers } from './servers.ts';
import { steady } from './steady.ts';
import { start } from './start.ts';
import type { Suite } from './suite.ts';

/** Every suite, in the order in which they run. */
export const SUITES: Readonly<Record<string, Suite>> = {
  append,
  processes,
  read,
  follow,
  lone,
  reservation,
  http,
  servers,
  mixed,
  overload,
  readers,
  start,
  growth,
  steady,
};
