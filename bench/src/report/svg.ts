/** One bar, with the range of the rounds. */
export interface Bar {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly kind: 'ours' | 'peer' | 'limit';
}

/** A chart of horizontal bars. */
export interface Chart {
  readonly title: string;
  /** Unit of the values. */
  readonly unit: string;
  readonly bars: readonly Bar[];
}

const WIDTH = 760;
const LABEL_WIDTH = 300;
const VALUE_WIDTH = 80;
const TOP = 64;
const ROW = 30;
const BAR = 16;
const BOTTOM = 16;

/** Readable on a light and on a dark page. */
const STYLE = `
    text { font: 13px system-ui, sans-serif; fill: #24292f; }
    .title { font-size: 15px; font-weight: 600; }
    .unit { fill: #57606a; }
    .ours { fill: #1f6feb; }
    .peer { fill: #8c959f; }
    .limit { fill: #bf8700; }
    .range { stroke: #24292f; stroke-width: 1.5; }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6edf3; }
      .unit { fill: #9198a1; }
      .ours { fill: #4493f8; }
      .peer { fill: #656c76; }
      .limit { fill: #d29922; }
      .range { stroke: #e6edf3; }
    }`;

/** Draws the chart; the line in a bar goes from the slowest to the fastest round. */
export function drawChart({ title, unit, bars }: Chart): string {
  const height = TOP + bars.length * ROW + BOTTOM;
  const largest = Math.max(1, ...bars.map(({ max }) => max));
  const scale = (value: number): number => round((value / largest) * (WIDTH - LABEL_WIDTH - VALUE_WIDTH));
  const drawn = bars.map(({ label, value, min, max, kind }, index) => {
    const y = TOP + index * ROW;
    const middle = y + BAR / 2;
    const text = value >= 10 ? Math.round(value).toLocaleString('en') : value.toFixed(2);
    return `  <text x="${LABEL_WIDTH - 10}" y="${middle + 5}" text-anchor="end">${escape(label)}</text>
  <rect class="${kind}" x="${LABEL_WIDTH}" y="${y}" width="${Math.max(1, scale(value))}" height="${BAR}" rx="2"/>
  <line class="range" x1="${LABEL_WIDTH + scale(min)}" x2="${LABEL_WIDTH + scale(max)}" y1="${middle}" y2="${middle}"/>
  <text x="${LABEL_WIDTH + scale(Math.max(value, max)) + 8}" y="${middle + 5}">${text}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img">
  <title>${escape(title)}</title>
  <style>${STYLE}
  </style>
  <text class="title" x="10" y="22">${escape(title)}</text>
  <text class="unit" x="10" y="42">${escape(unit)}</text>
${drawn.join('\n')}
</svg>
`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
