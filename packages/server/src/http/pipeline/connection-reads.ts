import { Socket } from 'node:net';

/**
 * Bytes that are parsed at a time. The platform reads up to 64 KiB from a connection and emits every request in them
 * before a pause has an effect: some 2,500 short ones.
 */
const SLICE_BYTES = 1024;

/** Reading from one connection. */
export interface ConnectionReads {
  /**
   * Stops reading, until each hold has been released. What has arrived stays in the buffer of the connection, 64 KiB at
   * most, and at the client.
   */
  hold(): void;
  /** Ends one {@link ConnectionReads.hold}. */
  release(): void;
}

const known = new WeakMap<Socket, ConnectionReads>();

/**
 * Returns the reads of a connection. The platform resumes a connection behind each request that it has parsed, and pauses
 * it while answers are not taken: during a hold a resume has no effect, and a pause of the platform outlasts the hold.
 */
export function readsOf(socket: Socket): ConnectionReads {
  const reads = known.get(socket) ?? followReads(socket);
  known.set(socket, reads);
  return reads;
}

function followReads(socket: Socket): ConnectionReads {
  let holds = 0;
  let isPaused = false;
  socket.pause = () => {
    isPaused = true;
    return Socket.prototype.pause.call(socket);
  };
  socket.resume = () => {
    isPaused = false;
    return holds > 0 ? socket : Socket.prototype.resume.call(socket);
  };
  return {
    hold() {
      holds += 1;
      Socket.prototype.pause.call(socket);
    },
    release() {
      holds -= 1;
      if (holds === 0 && !isPaused) Socket.prototype.resume.call(socket);
    },
  };
}

/**
 * Has what arrives on a connection parsed in slices, so that a hold has an effect between them. To be called when the
 * server has accepted the connection.
 */
export function readInSlices(socket: Socket): void {
  readsOf(socket);
  socket.push = (chunk: unknown, encoding?: BufferEncoding) => {
    if (!Buffer.isBuffer(chunk) || chunk.length <= SLICE_BYTES)
      return Socket.prototype.push.call(socket, chunk, encoding);
    let wantsMore = true;
    for (let at = 0; at < chunk.length; at += SLICE_BYTES)
      wantsMore = Socket.prototype.push.call(socket, chunk.subarray(at, at + SLICE_BYTES));
    return wantsMore;
  };
  // The parser reads from the system directly, past `push`, as long as nothing listens for data.
  socket.on('data', () => undefined);
}
