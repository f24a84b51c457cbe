import { AsyncLocalStorage } from 'node:async_hooks';
import type { World } from './world.ts';

/** Whose code runs: it dies, freezes and tells the time as its owner does. */
export interface Owner {
  readonly name: string;
  /** Nothing of it ever runs again. */
  isDead(): boolean;
  /** World time until which nothing of it runs; in the past for an owner that runs. */
  frozenUntil(): number;
  /** What this owner takes for the time: world time as its clock shows it. */
  localTime(): number;
  /** Randomness for code that draws without being handed a source. */
  random(): number;
}

/** What simulated code runs in. Follows it through every await. */
export interface Context {
  readonly world: World;
  /** Null for the world's own doing: network, payment service, clients. */
  readonly owner: Owner | null;
  /** The run of charging that a call to the payment service belongs to. */
  readonly run: ChargeRun | null;
}

/** What one request, or one turn of settlement, sends. */
export interface ChargeRun {
  readonly number: number;
  /** True once whoever asked for the charge has gone. */
  isAborted(): boolean;
}

/** The context of the code that runs now; undefined outside of every simulation. */
export const context: AsyncLocalStorage<Context> = new AsyncLocalStorage();
