import { isatty } from 'node:tty';

/** Characters of a line of help where there is no terminal. */
const WIDTH_DEFAULT = 100;

/** A terminal that is narrower breaks lines itself: two columns do not fit in it. */
const WIDTH_MIN = 40;

/** Characters of a line of help: those of the terminal, else COLUMNS, else 100; at least 40. */
export function helpWidth(terminalColumns: number | undefined, columnsVariable: string | undefined): number {
  // A terminal of unknown size says 0.
  const columns =
    terminalColumns === undefined || terminalColumns === 0 ? readColumns(columnsVariable) : terminalColumns;
  return Math.max(WIDTH_MIN, columns);
}

function readColumns(variable: string | undefined): number {
  return variable !== undefined && /^[1-9]\d{0,3}$/.test(variable) ? Number(variable) : WIDTH_DEFAULT;
}

/** Columns of the terminal on standard output; undefined when it is none. Makes no stream for a file or a pipe. */
export function terminalColumns(): number | undefined {
  return isatty(1) ? process.stdout.columns : undefined;
}
