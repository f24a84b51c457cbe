import type { Output } from './output/output.ts';

/** A destination of log lines that never blocks the service: lines that cannot be written are lost, counted and reported. */
export interface LogDestination {
  /** Takes one line, its newline included. */
  write(line: string): void;
  /** Lines lost since the process began. */
  linesLost(): number;
}

/** Bytes that wait in memory for a slow reader; lines beyond that are lost. */
export const LOG_PENDING_BYTES_MAX: number = 16 * 1024 * 1024;

/**
 * Writes log lines to an output. A line is lost when writing fails (disk full, terminal or reader gone), and when
 * {@link LOG_PENDING_BYTES_MAX} wait already. When writing works again, the line that `describeLoss` makes of their
 * number is written once.
 */
export function createLogDestination(output: Output, describeLoss: (lines: number) => string): LogDestination {
  let lost = 0;
  let untold = 0;

  function count(lines: number): void {
    lost += lines;
    untold += lines;
  }

  function settle(error: NodeJS.ErrnoException | null): void {
    if (error !== null) return count(1);
    // Not while the queue is nearly full: each chunk that a slow reader takes would bring another such line.
    if (untold > 0 && output.pendingBytes() <= LOG_PENDING_BYTES_MAX / 2) tell();
  }

  function tell(): void {
    const lines = untold;
    untold = 0;
    output.write(describeLoss(lines), (error) => {
      if (error !== null) untold += lines;
    });
  }

  return {
    write(line) {
      if (output.pendingBytes() + Buffer.byteLength(line) > LOG_PENDING_BYTES_MAX) count(1);
      else output.write(line, settle);
    },
    linesLost: () => lost,
  };
}
