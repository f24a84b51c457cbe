import { Writable } from 'node:stream';
import { type Logger, pino } from 'pino';
import { traceFields } from './trace-fields.ts';

/** A log that can be read back. */
export interface MemoryLog {
  readonly logger: Logger;
  lines(): readonly Record<string, unknown>[];
}

/** Makes a log of every level that keeps its lines in memory, and names the trace that `activeTrace` returns. */
export function memoryLog(activeTrace: () => string | null = () => null): MemoryLog {
  const chunks: string[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk.toString());
      done();
    },
  });
  return {
    logger: pino({ level: 'debug', base: null, timestamp: false, mixin: () => traceFields(activeTrace()) }, stream),
    lines: () => chunks.map((chunk) => JSON.parse(chunk) as Record<string, unknown>),
  };
}
