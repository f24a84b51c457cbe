import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import type { ConnectionOptions } from '../open/connection.ts';
import { CHANNEL } from './notify.ts';
import { createSockets } from '../open/sockets.ts';

/** First pause before a lost connection is reopened; doubles while that fails. */
export const RECONNECT_PAUSE_MS = 100;

/** Longest such pause. */
export const RECONNECT_PAUSE_MAX_MS = 10_000;

/**
 * Listens on its own connection, reopened whenever it is lost, until the signal aborts. Calls `hear` for each
 * notification and whenever listening begins: earlier commits are found by reading.
 */
export async function listen(options: ConnectionOptions, hear: () => void, signal: AbortSignal): Promise<void> {
  let pauseMs = RECONNECT_PAUSE_MS;
  while (!signal.aborted) {
    const wasListening = await listenOnce(options, hear, signal);
    if (wasListening) pauseMs = RECONNECT_PAUSE_MS;
    await wait(pauseMs, undefined, { signal }).catch(() => undefined);
    pauseMs = Math.min(2 * pauseMs, RECONNECT_PAUSE_MAX_MS);
  }
}

/** Listens until the connection is lost or the signal aborts; false when listening never began. */
async function listenOnce(options: ConnectionOptions, hear: () => void, signal: AbortSignal): Promise<boolean> {
  const sockets = createSockets();
  const client = new pg.Client({
    connectionString: options.connectionString,
    connectionTimeoutMillis: options.connectTimeoutMs,
    query_timeout: options.statementTimeoutMs,
    keepAlive: true,
    stream: sockets.open,
    fallback_application_name: 'reservations',
  });
  const over = Promise.withResolvers<void>();
  const end = (): void => over.resolve();
  client.on('error', end);
  client.on('end', end);
  signal.addEventListener('abort', end);
  try {
    await client.connect();
    const { rows } = await client.query<{ readonly channel: string }>(`select ${CHANNEL} as channel`);
    client.on('notification', hear);
    for (const { channel } of rows) await client.query(`listen ${channel}`);
    hear();
    await over.promise;
    return true;
  } catch {
    // The server is down, or does not support LISTEN: the next attempt shows it.
    return false;
  } finally {
    signal.removeEventListener('abort', end);
    void client.end().catch(() => undefined);
    await sockets.close();
  }
}
