import type { Contender } from './contender.ts';
import { fastapi } from './fastapi.ts';

/** With 500 connections its clients would wait for minutes. */
const CONNECTIONS_MAX = 50;

/** A channel for each call, and a call that blocks: as the service before this one. */
export const contender: Contender = fastapi('old', CONNECTIONS_MAX);
