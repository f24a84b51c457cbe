import { type FileHandle, open } from 'node:fs/promises';

/** One charge or decline, with the field names of the wire. */
export interface LedgerEntry {
  /** RFC 3339, UTC. */
  readonly at: string;
  readonly result: 'charged' | 'declined';
  readonly reservation_id: string;
  readonly user_id: string;
  /** Major units, as received. */
  readonly amount: number;
  readonly currency: string;
  /** Empty for a decline. */
  readonly transaction_id: string;
  /** Answer of the payment service. */
  readonly message: string;
}

/** The payment service's own record, independent of the reservation store that it is compared with. */
export interface Ledger {
  /** In the order in which they were written. */
  entries(): readonly LedgerEntry[];
  /** Resolves once the entry is on disk. Entries that arrive during a write share the next one. */
  record(entry: LedgerEntry): Promise<void>;
  close(): Promise<void>;
}

/** Keeps the ledger in memory when `path` is null, else in a file of JSON lines. */
export async function openLedger(path: string | null): Promise<Ledger> {
  return path === null ? createLedger([], null) : openLedgerFile(path);
}

async function openLedgerFile(path: string): Promise<Ledger> {
  const file = await open(path, 'a+');
  try {
    const text = await file.readFile('utf8');
    // A line without an end was never acknowledged: the process ended while writing it.
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    if (whole.length < text.length) await file.truncate(Buffer.byteLength(whole));
    return createLedger(parseLines(path, whole), file);
  } catch (error) {
    await file.close();
    throw error;
  }
}

function parseLines(path: string, text: string): LedgerEntry[] {
  const lines = text === '' ? [] : text.slice(0, -1).split('\n');
  return lines.map((line, index) => {
    try {
      return JSON.parse(line) as LedgerEntry;
    } catch (cause) {
      throw new Error(`ledger ${path}: line ${index + 1} is no JSON`, { cause });
    }
  });
}

function createLedger(written: LedgerEntry[], file: FileHandle | null): Ledger {
  let waiting: LedgerEntry[] = [];
  let flushing: Promise<void> | null = null;
  let next: Promise<void> | null = null;

  async function flush(): Promise<void> {
    const group = waiting;
    waiting = [];
    next = null;
    await file?.appendFile(group.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
    await file?.datasync();
    written.push(...group);
  }

  /** Runs one write at a time; entries that arrive meanwhile share the next one. */
  function scheduleFlush(): Promise<void> {
    next ??= (flushing ?? Promise.resolve())
      .catch(() => undefined)
      .then(() => {
        flushing = flush();
        return flushing;
      });
    return next;
  }

  return {
    entries: () => [...written],
    record(entry) {
      waiting.push(entry);
      return scheduleFlush();
    },
    async close() {
      await next;
      await flushing;
      await file?.close();
    },
  };
}
