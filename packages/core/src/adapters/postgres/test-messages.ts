/** Bytes of a message before its body: the type and the length. */
const HEADER_BYTES = 5;

/** A message from the client, as the protocol of PostgreSQL frames it. */
export interface ClientMessage {
  /** One letter: P parse, B bind, D describe, E execute, S sync, Q query, X terminate. Empty for the start-up. */
  readonly type: string;
  readonly body: string;
  /** The whole message, as it travels. */
  readonly bytes: Buffer;
}

/** Cuts a connection's bytes into messages; the first one has no type. */
export function createMessageSplitter(): (chunk: Buffer) => readonly ClientMessage[] {
  let rest: Buffer = Buffer.alloc(0);
  let isStartup = true;
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    const found: ClientMessage[] = [];
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
