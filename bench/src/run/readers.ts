import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** Clients that read the stream of all events. */
export interface Readers {
  /** Begins to count. `heard` is called with how long ago an event was made when a reader that is watched reads it. */
  watch(heard: (tookMs: number) => void): void;
  /** Events that all of them have read since {@link watch}. */
  readCount(): number;
  /** Ends them. */
  close(): void;
}

/** One of so many readers is watched: to read the time of each event would take the time of the server that is measured. */
const WATCHED_EVERY = 50;

/** Connections that are opened at a time. */
const OPENED_AT_A_TIME = 50;

const EVENT = /^id: \d+$/gm;
const MADE_AT = /"at":"([^"]+)"/g;

/** Opens as many readers; those that stand still take nothing of what they are sent. */
export async function openReaders(url: string, count: number, standing = false): Promise<Readers> {
  const port = Number(new URL(url).port);
  const sockets: Socket[] = [];
  let heard: (tookMs: number) => void = () => undefined;
  let readCount = 0;
  function take(chunk: string, isWatched: boolean): void {
    readCount += chunk.match(EVENT)?.length ?? 0;
    if (!isWatched) return;
    const now = performance.timeOrigin + performance.now();
    for (const [, at = ''] of chunk.matchAll(MADE_AT)) heard(now - Date.parse(at));
  }
  while (sockets.length < count) {
    const some = Array.from({ length: Math.min(OPENED_AT_A_TIME, count - sockets.length) }, async (_, index) => {
      const socket = connect(port, '127.0.0.1');
      const after = standing ? '?after=0' : '';
      socket.write(`GET /events${after} HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n`);
      const [head] = (await once(socket, 'data')) as [Buffer];
      if (!head.toString().startsWith('HTTP/1.1 200')) throw new Error(`no stream: ${head.toString()}`);
      if (standing) socket.pause();
      else {
        socket.setEncoding('utf8');
        const isWatched = (sockets.length + index) % WATCHED_EVERY === 0;
        socket.on('data', (chunk: string) => take(chunk, isWatched));
      }
      socket.on('error', () => undefined);
      return socket;
    });
    sockets.push(...(await Promise.all(some)));
  }
  return {
    watch(next) {
      heard = next;
      readCount = 0;
    },
    readCount: () => readCount,
    close() {
      for (const socket of sockets) socket.destroy();
    },
  };
}
