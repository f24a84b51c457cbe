import type { Contender } from './contender.ts';
import { fastapi } from './fastapi.ts';

/** One channel, asynchronous calls. */
export const contender: Contender = fastapi('well', Number.POSITIVE_INFINITY);
