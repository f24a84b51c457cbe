/** A message of an event stream, as the HTML standard defines its format. */
export interface StreamMessage {
  /** Null when the message has none. */
  readonly data: string | null;
  /** Time after which the server wants to be connected to again, in milliseconds. */
  readonly retryMs: number | null;
}

/** Reads the text of an event stream, in pieces of any size. Comments and messages that say nothing are left out. */
export function createStreamParser(): (piece: string) => readonly StreamMessage[] {
  let rest = '';
  let data: string[] = [];
  let retryMs: number | null = null;

  function take(line: string): StreamMessage | null {
    if (line === '') {
      const message = { data: data.length > 0 ? data.join('\n') : null, retryMs };
      data = [];
      retryMs = null;
      return message.data === null && message.retryMs === null ? null : message;
    }
    const [, field, value = ''] = /^([^:]*)(?::\x20?(.*))?$/s.exec(line) ?? [];
    if (field === 'data') data.push(value);
    if (field === 'retry' && /^\d+$/.test(value)) retryMs = Number(value);
    return null;
  }

  return (piece) => {
    // A carriage return at the end of a piece may be half of a line end.
    const lines = (rest + piece).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    return lines.map((line) => take(line)).filter((message) => message !== null);
  };
}
