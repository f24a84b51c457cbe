/** Returns the rows of the first table whose header begins with these cells. @throws {Error} when there is none. */
export function tableWith(page: string, ...header: readonly string[]): readonly (readonly string[])[] {
  const lines = page.split('\n').map((line) => (line.startsWith('|') ? cellsOf(line) : null));
  const start = lines.findIndex((cells) => cells !== null && header.every((name, index) => cells[index] === name));
  if (start === -1) throw new Error(`no table with the columns ${header.join(', ')}`);
  const body = lines.slice(start + 2);
  const end = body.indexOf(null);
  return body.slice(0, end === -1 ? undefined : end).filter((cells) => cells !== null);
}

function cellsOf(row: string): readonly string[] {
  return row
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}

/** Returns the items of a cell, which are separated by commas, without their backticks. */
export function cellList(cell: string): readonly string[] {
  return cell
    .split(',')
    .map((item) => item.trim().replaceAll('`', ''))
    .filter((item) => item !== '');
}
