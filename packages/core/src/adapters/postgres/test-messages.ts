/** Bytes of a message before its body: the type and the length. */
const HEADER_BYTES = 5;

/** A message as the protocol of PostgreSQL frames it. */
export interface Message {
  /**
   * One letter. Of the client: P parse, B bind, D describe, E execute, S sync, Q query, X terminate, empty for the
   * start-up. Of the server: Z ready for a query.
   */
  readonly type: string;
  readonly body: string;
  /** The whole message, as it travels. */
  readonly bytes: Buffer;
}

/** Cuts a connection's bytes into messages; the first one of a client has no type. */
export function createMessageSplitter(from: 'client' | 'server'): (chunk: Buffer) => readonly Message[] {
  let rest: Buffer = Buffer.alloc(0);
  let isStartup = from === 'client';
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    const found: Message[] = [];
    for (;;) {
      const header = isStartup ? HEADER_BYTES - 1 : HEADER_BYTES;
      if (rest.length < header) return found;
      const end = rest.readUInt32BE(header - 4) + (isStartup ? 0 : 1);
      if (rest.length < end) return found;
      const type = isStartup ? '' : rest.toString('latin1', 0, 1);
      found.push({ type, body: rest.toString('latin1', header, end), bytes: rest.subarray(0, end) });
      rest = rest.subarray(end);
      isStartup = false;
    }
  };
}
