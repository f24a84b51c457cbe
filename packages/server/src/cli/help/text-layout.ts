/** Lines of `text`, broken at spaces so that none is longer than `width`, but for a word that is longer by itself. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** `text` behind `head`, wrapped to `width`; later lines are indented as far as the head reaches. */
export function hang(head: string, text: string, width: number): readonly string[] {
  const [first = '', ...others] = wrap(text, width - head.length);
  const indent = ' '.repeat(head.length);
  return [`${head}${first}`, ...others.map((line) => indent + line)];
}

/** One row of {@link layOut}. */
export interface Row {
  readonly left: string;
  readonly right: string;
}

const MARGIN = '  ';
const GAP = '  ';

/** Characters of the widest left column; a longer cell has a line of its own. */
const LEFT_MAX = 32;

/** The left column takes at most this share of a line. */
const LEFT_SHARE_MAX = 0.4;

/** Rows in two columns; what does not fit within `width` goes on in the right column. */
export function layOut(rows: readonly Row[], width: number): readonly string[] {
  const most = Math.min(LEFT_MAX, Math.floor(width * LEFT_SHARE_MAX));
  const left = Math.max(0, ...rows.map((row) => row.left.length).filter((length) => length <= most));
  return rows.flatMap((row) => {
    const lines = hang(`${MARGIN}${row.left.padEnd(left)}${GAP}`, row.right, width);
    if (row.left.length <= left) return lines;
    return [`${MARGIN}${row.left}`, ...hang(' '.repeat(MARGIN.length + left + GAP.length), row.right, width)];
  });
}
