/** A count with separators, without decimals. */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en');
}

/** Milliseconds, with decimals below ten. */
export function milliseconds(value: number): string {
  return value < 10 ? value.toFixed(2) : count(value);
}

/** A factor, with as many decimals as tell something. */
export function factor(value: number): string {
  if (value < 10) return value.toFixed(2);
  return value < 100 ? value.toFixed(1) : count(value);
}

/** A Markdown table, aligned as the formatter of this repository does. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((_, column) => Math.max(3, ...[header, ...rows].map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[], fill: string): string =>
    `| ${widths.map((width, column) => (cells[column] ?? '').padEnd(width, fill)).join(' | ')} |`;
  const rule = line(
    header.map(() => ''),
    '-',
  );
  return [line(header, ' '), rule, ...rows.map((row) => line(row, ' '))].join('\n');
}
