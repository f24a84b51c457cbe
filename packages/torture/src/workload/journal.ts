import { closeSync, openSync, writeSync } from 'node:fs';
import type { Exchange } from './exchange.ts';

/** All exchanges of all clients, in memory and in a file. */
export interface Journal {
  /** The next tick of the counter that orders exchanges. */
  tick(): number;
  record(exchange: Exchange): void;
  readonly exchanges: readonly Exchange[];
  close(): void;
}

/** Opens a journal. Refused connections are not recorded: no server received them. */
export function openJournal(path: string): Journal {
  const file = openSync(path, 'a');
  const exchanges: Exchange[] = [];
  let ticks = 0;
  return {
    exchanges,
    tick: () => (ticks += 1),
    record(exchange) {
      if (exchange.result.kind === 'refused') return;
      exchanges.push(exchange);
      writeSync(file, `${JSON.stringify(exchange)}\n`);
    },
    close: () => closeSync(file),
  };
}
