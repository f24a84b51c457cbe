import { AsyncLocalStorage } from 'node:async_hooks';
import type { Context } from './world.ts';

/** The context of the code that runs now; undefined outside of every simulation. */
export const context: AsyncLocalStorage<Context> = new AsyncLocalStorage();
